import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { findRedisServer, redisMissing } from './redis-binary.mjs';

export { findRedisServer };

/** A Redis of one test file, on a free port of 127.0.0.1, that keeps nothing on disk. */
export type RedisServer = { readonly url: string; readonly stop: () => Promise<void> };

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
