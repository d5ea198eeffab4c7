import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../../packages/db/dist/index.js';
import { findRedisServer, redisMissing } from '../redis-binary.mjs';
import { startBlackHoleProxy } from './black-hole-proxy.mjs';
import { freePort, restartable } from './chaos-processes.mjs';
import { makeSecondRelease } from './second-release.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const workerCount = 2;

/**
 * A whole system in a folder of its own: Postgres, Redis where the queue is kept there, an API, two workers; the last three reach the
 * first two through proxies. With `upgrades` there is a second release that they can be started from.
 * @param {'redis' | 'postgres'} store
 * @param {{ upgrades?: boolean }} options
 */
export async function startChaosSystem(store, { upgrades = false } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'spherelab-chaos-'));
  await chmod(folder, 0o755); // mkdtemp closes it to the server's user
  let postgres = await startEmbeddedPostgres({ stateFolder: folder });
  const portOf = (url) => Number(new URL(url).port);
  const databaseProxy = await startBlackHoleProxy(() => portOf(postgres.url));
  const through = (url, port) => {
    const other = new URL(url);
    other.port = String(port);
    return other.toString();
  };
  const redis = store === 'redis' ? await prepareRedis(folder) : null;
  const redisProxy = redis === null ? null : await startBlackHoleProxy(() => redis.port);
  const apiPort = await freePort();
  /** programs that ended though nothing was done to them */
  const crashes = [];
  const env = {
    ...process.env,
    DATABASE_URL: through(postgres.url, databaseProxy.port),
    REDIS_URL: redisProxy === null ? '' : `redis://127.0.0.1:${redisProxy.port}`,
    PORT: String(apiPort),
    SPHERELAB_HOST: '127.0.0.1',
    SPHERELAB_DATA_DIR: path.join(folder, 'datasets'),
    SPHERELAB_DEVICES: 'cpu',
    SPHERELAB_INTRA_OP_THREADS: '1',
    SPHERELAB_INTER_OP_THREADS: '1',
  };
  const releases = upgrades ? await prepareReleases(folder) : [{ folder: root, numerics: null }];
  let current = 0;
  /** versions of the numerics of the programs that were started, by pid */
  const numericsOfPid = new Map();
  const program = (name, script, extra = {}) =>
    restartable({
      name,
      program: process.execPath,
      args: () => [path.join(releases[current].folder, script)],
      onStart: (pid) => numericsOfPid.set(pid, releases[current].numerics),
      env: { ...env, ...extra },
      onCrash: (how) => crashes.push(how),
      logFile: path.join(folder, `${name}.log`),
    });
  const api = program('api', 'apps/api/dist/server.js');
  const workers = Array.from({ length: workerCount }, (_, index) =>
    program(`worker-${index + 1}`, 'apps/worker/dist/main.js', { SPHERELAB_WORKER_NAME: `chaos-${index + 1}` }),
  );
  const url = `http://127.0.0.1:${apiPort}`;
  const isReady = async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok ?? false;
  redis?.process.start();
  api.start();
  while (!(await isReady())) await delay(100);
  for (const worker of workers) worker.start();

  const killPostgres = async () => {
    const { rows } = await query(postgres.url, 'SHOW data_directory');
    const [pid] = (await readFile(path.join(rows[0].data_directory, 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
  };
  return {
    url,
    folder,
    crashes,
    store,
    api,
    workers,
    redis,
    databaseProxy,
    redisProxy,
    hasUpgrades: upgrades,
    /** What is started from now on is of the other release. */
    switchRelease: () => {
      current = (current + 1) % releases.length;
    },
    numericsOfPid,
    isReady,
    /** past the proxy: what the judge asks is not disturbed */
    query: (text, values) => query(postgres.url, text, values),
    killPostgres,
    startPostgres: async () => {
      postgres = await startEmbeddedPostgres({ stateFolder: folder });
    },
    stop: async () => {
      for (const service of [...workers, api]) await service.stop(30_000);
      await redis?.process.stop(5_000);
      await databaseProxy.close();
      await redisProxy?.close();
      await postgres.stop();
      const elsewhere = await readFile(path.join(folder, 'postgres.json'), 'utf8').catch(() => null);
      if (elsewhere !== null) await rm(JSON.parse(elsewhere).root, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** This checkout, and a release of another version whose runs may go on under this one. */
async function prepareReleases(folder) {
  const second = path.join(folder, 'second-release');
  const numerics = await makeSecondRelease(root, second);
  return [
    { folder: root, numerics: numerics.first.version },
    { folder: second, numerics: numerics.second.version },
  ];
}

async function prepareRedis(folder) {
  const binary = await findRedisServer();
  if (binary === null) throw new Error(redisMissing);
  const port = await freePort();
  const args = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder].map(String);
  const options = { name: 'redis', program: binary, args: () => [...args, '--maxmemory-policy', 'noeviction'] };
  return {
    port,
    process: restartable({ ...options, env: process.env, logFile: path.join(folder, 'redis.log') }),
    /** FLUSHALL: the queue forgets everything. */
    flush: async () => {
      const { Redis } = await import('ioredis');
      const client = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 1 });
      client.on('error', () => undefined);
      await client.flushall().catch(() => undefined);
      client.disconnect();
    },
  };
}

async function query(url, text, values) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.query(text, values);
  } finally {
    await client.end().catch(() => undefined);
  }
}
