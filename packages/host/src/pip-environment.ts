/** What of pip's settings says where packages come from and how they are reached: the user's business. */
const kept = new Set(
  `INDEX_URL EXTRA_INDEX_URL FIND_LINKS NO_INDEX TRUSTED_HOST CERT CLIENT_CERT PROXY TIMEOUT DEFAULT_TIMEOUT RETRIES
  CACHE_DIR NO_CACHE_DIR CONFIG_FILE KEYRING_PROVIDER USE_FEATURE USE_DEPRECATED`.split(/\s+/),
);

/**
 * The environment in which pip downloads wheels. The other settings (PIP_TARGET, PIP_USER, PIP_NO_BINARY, PIP_PLATFORM, PIP_CONSTRAINT)
 * are for installations of the user's own and would fetch something else, or refuse to.
 */
export function pipEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(env).filter(([name]) => {
    const setting = /^PIP_(.+)/i.exec(name)?.[1]?.toUpperCase();
    return setting === undefined || kept.has(setting);
  });
  // Nothing is installed: no environment of Python is needed, whatever a pip.conf asks for.
  return { ...Object.fromEntries(entries), PIP_REQUIRE_VIRTUALENV: '0' };
}
