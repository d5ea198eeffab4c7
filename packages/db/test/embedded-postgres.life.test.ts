import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@spherelab/db';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

describe('the embedded Postgres', () => {
  let folder: string;
  let stop: (() => Promise<void>) | null = null;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'embedded-'));
    await chmod(folder, 0o755); // mkdtemp closes it to others
  });
  afterEach(async () => {
    await stop?.();
    stop = null;
    await rm(folder, { recursive: true, force: true });
  });

  async function ask(url: string, sql: string): Promise<Record<string, unknown> | undefined> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows[0];
    } finally {
      await client.end();
    }
  }
  const pidOf = async (data: string) => Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]);

  test('starts, is adopted by the next start, keeps its data over a kill, and stops', async () => {
    const stateFolder = join(folder, 'state');
    const first = await startEmbeddedPostgres({ stateFolder });
    ({ stop } = first);
    expect(first.adopted).toBe(false);
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const second = await startEmbeddedPostgres({ stateFolder });
    expect(second).toMatchObject({ adopted: true, url: first.url });

    const pid = await pidOf(join(stateFolder, 'postgres', 'data'));
    process.kill(pid, 'SIGKILL');
    const third = await startEmbeddedPostgres({ stateFolder });
    ({ stop } = third);
    expect(await ask(third.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 });
    await third.stop();
    await expect(ask(third.url, 'SELECT 1')).rejects.toThrow();
    await third.stop(); // nothing to do
  });

  test('outlives the process that started it', async () => {
    const stateFolder = join(folder, 'state');
    const script = `import { startEmbeddedPostgres } from '@spherelab/db';
      const { url } = await startEmbeddedPostgres({ stateFolder: ${JSON.stringify(stateFolder)}, durable: false });
      console.log(url); process.kill(process.pid, 'SIGKILL');`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(child.signal).toBe('SIGKILL');
    const adopted = await startEmbeddedPostgres({ stateFolder });
    ({ stop } = adopted);
    expect(adopted).toMatchObject({ adopted: true, url: child.stdout.trim() });
  });

  test.runIf(process.getuid?.() === 0)('works as root beneath a folder that others may not enter', async () => {
    const closed = join(folder, 'root-only');
    await mkdir(closed, { mode: 0o700 });
    await chmod(closed, 0o700);
    const stateFolder = join(closed, 'state');
    const server = await startEmbeddedPostgres({ stateFolder, durable: false });
    ({ stop } = server);
    const { root } = JSON.parse(await readFile(join(stateFolder, 'postgres.json'), 'utf8')) as { root: string };
    try {
      expect(await ask(server.url, 'SELECT 1 AS one')).toEqual({ one: 1 });
      expect((await startEmbeddedPostgres({ stateFolder })).adopted).toBe(true);
      expect((await stat(root)).mode & 0o777).toBe(0o700);
      await server.stop();
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
