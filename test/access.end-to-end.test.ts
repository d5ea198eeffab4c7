import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const api = path.join(root, 'apps/api/dist/server.js');
const command = path.join(root, 'apps/cli/bin/spherelab.js');

let server: PostgresServer;
let folder: string;
beforeAll(async () => {
  server = await startPostgresServer();
  folder = await mkdtemp(path.join(tmpdir(), 'spherelab-access-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await server.stop();
});

type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };

async function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ''): Promise<Answer> {
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (data) => (said[stream] += data));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code: code as number, ...said };
}

test('an API beyond this machine starts with a key alone, which opens it to the command line after a login', async () => {
  const env = {
    DATABASE_URL: await server.createDatabase(),
    SPHERELAB_HOST: '0.0.0.0',
    PORT: '0',
    SPHERELAB_DATA_DIR: folder,
    XDG_CACHE_HOME: folder,
    XDG_CONFIG_HOME: path.join(folder, 'config'),
  };
  const refused = await run(api, [], env);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('spherelab keys create NAME')]);

  const made = await run(command, ['keys', 'create', 'my laptop', '--scope', 'write'], env);
  const [, key = ''] = /^(slk_\S+)$/m.exec(made.stdout) ?? [];
  expect(key).not.toBe('');
  const running = spawn(process.execPath, [api], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(createInterface({ input: running.stdout }), 'line');
    const { url, listening } = JSON.parse(line as string) as { url: string; listening: string };
    expect(listening).toMatch(/^0\.0\.0\.0:\d+$/);
    const client = { ...env, SPHERELAB_URL: url };
    const locked = await run(command, ['list'], client);
    expect([locked.code, locked.stderr]).toEqual([1, expect.stringContaining('-> spherelab login')]);
    expect((await run(command, ['login'], client, 'slk_wrong\n')).code).toBe(1);
    expect((await run(command, ['login'], client, `${key}\n`)).stdout).toBe('logged in as my laptop (write)\n');
    const kept = await stat(path.join(folder, 'config/spherelab/keys.json'));
    expect((kept.mode & 0o777).toString(8)).toBe('600');
    expect((await run(command, ['list'], client)).code).toBe(0);
    const train = ['train', '--dataset', 'shapes', '--loss', 'ms', '--detach'];
    expect((await run(command, train, client)).code).toBe(0);
    expect((await run(command, ['keys', 'log'], env)).stdout).toMatch(/my laptop {2}POST {2}\/experiments {2}201/);
    const listed = (await run(command, ['keys', 'list'], env)).stdout;
    expect(listed).toMatch(/write {2}last used .* {2}my laptop/);
    expect(listed).not.toContain(key);
    await run(command, ['keys', 'revoke', listed.split(' ')[0] as string], env);
    // The last one is gone: the API lets nobody in, and its next start is refused.
    expect((await run(command, ['list'], client)).stderr).toContain('opens nothing');
    expect((await run(api, [], env)).code).toBe(1);
  } finally {
    running.kill('SIGTERM');
    await once(running, 'exit');
  }
});
