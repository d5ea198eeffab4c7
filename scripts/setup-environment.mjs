/**
 * Variables that would make setup install or build something else. npm's registry, proxy and certificates are the user's and stay;
 * what pip is told is chosen in packages/tensorflow.
 */
const foreign = [
  // Leaves build tools out, or makes a page for developers.
  /^NODE_ENV$/,
  // Meant for one program; npm, turbo and all of their children would take it.
  /^NODE_(OPTIONS|PATH)$/,
  // Another project's cache, token or filter.
  /^TURBO_/,
];

/** Settings of npm that change what of the lock file is installed, or where. */
const npmSettings = new Set(
  `global location prefix omit include only also production dev optional dry-run package-lock package-lock-only bin-links
  install-strategy install-links legacy-bundling global-style prefer-dedupe workspace workspaces include-workspace-root
  if-present os cpu libc legacy-peer-deps strict-peer-deps engine-strict`.split(/\s+/),
);

/** Takes them out of an environment. */
export function forgetSetupVariables(env) {
  for (const name of Object.keys(env)) {
    const setting = /^npm_config_(.+)/i.exec(name)?.[1]?.toLowerCase().replaceAll('_', '-');
    if ((setting !== undefined && npmSettings.has(setting)) || foreign.some((pattern) => pattern.test(name)))
      delete env[name];
  }
}
