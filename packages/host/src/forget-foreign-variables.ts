/** Variables that other tools set for themselves and that would reach ours, each with what it would do. docs/operations.md has the table. */
const foreign: readonly RegExp[] = [
  // libpq's, which pg reads too, for what a URL leaves open: PGSSLMODE=require ends the talk with the embedded server, PGOPTIONS
  // replaces nothing and adds anything. The URL says all of it (?sslmode=require).
  /^PG[A-Z_]+$/,
  /^NODE_PG_FORCE_NATIVE$/,
  // A debugger's or a profiler's --require, --inspect with its port: meant for one program, and each of ours would take it.
  /^NODE_(OPTIONS|PATH)$/,
  // Another compiler inside TensorFlow: other last bits than the same run elsewhere.
  /^(TF_)?XLA_FLAGS$/,
];

/** Ours. One that is there but empty, as from `NAME= ` in a shell or a compose file, is one that was left out. */
const ours = /^(SPHERELAB_[A-Z_]+|DATABASE_URL|REDIS_URL|POSTGRES_PASSWORD|REDIS_PASSWORD|PORT|XDG_CACHE_HOME)$/;

const proxyVariable = /^(https?|all)_proxy$/i;
const loopback = ['127.0.0.1', 'localhost', '::1'];

/**
 * Takes out of an environment what is not meant for us, so that neither this program nor one that it starts sees it. To be called
 * before anything reads it.
 */
export function forgetForeignVariables(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env)) {
    const isEmpty = value === undefined || value.trim() === '';
    if (foreign.some((pattern) => pattern.test(name)) || (isEmpty && ours.test(name))) delete env[name];
  }
  if (Object.keys(env).some((name) => proxyVariable.test(name))) reachLoopbackDirectly(env);
}

/** A proxy that is asked for 127.0.0.1 asks itself. Some programs read one spelling, some the other. */
function reachLoopbackDirectly(env: NodeJS.ProcessEnv): void {
  const names = [env.no_proxy, env.NO_PROXY].flatMap((list) => (list ?? '').split(/[\s,]+/)).filter(Boolean);
  if (names.includes('*')) return;
  const all = [...new Set([...names, ...loopback])].join(',');
  env.NO_PROXY = all;
  env.no_proxy = all;
}
