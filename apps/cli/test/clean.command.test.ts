import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSpherelab } from './run-spherelab.ts';

let folder: string;
let old: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spherelab-clean-'));
  old = path.join(folder, 'spherelab', 'graphs', 'old');
  mkdirSync(old, { recursive: true });
  writeFileSync(path.join(old, 'graph.pb'), 'x'.repeat(2_000_000));
  for (const file of [path.join(old, 'graph.pb'), old]) utimesSync(file, 1, 1);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clean = (flags: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  runSpherelab(['clean', ...flags], {
    XDG_CACHE_HOME: folder,
    TMPDIR: folder,
    SPHERELAB_STATE_DIR: path.join(folder, 'state'),
    SPHERELAB_URL: '',
    ...env,
  });

describe('spherelab clean', () => {
  it('lists with bytes what would go and lets it stay; without --dry-run it goes', async () => {
    const dry = await clean(['--dry-run']);
    expect(dry.stdout).toContain(old);
    expect(dry.stdout).toContain('would free 2.0 MB');
    expect(dry.stderr).toContain('no server is running here');
    expect(existsSync(old)).toBe(true);
    const real = await clean(['--json']);
    expect(JSON.parse(real.stdout)).toMatchObject({ dry_run: false, bytes: 2_000_000, items: [{ where: old }] });
    expect(existsSync(old)).toBe(false);
    expect((await clean([])).stdout).toContain('freed 0.0 MB');
  });

  it('asks the server for the database’s part: to tell it, or to delete it', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ items: [{ what: 'thumbnails', count: 3, bytes: 500 }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const SPHERELAB_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const dry = JSON.parse((await clean(['--dry-run', '--json'], { SPHERELAB_URL })).stdout);
      expect(dry).toMatchObject({
        bytes: 2_000_500,
        items: [{ where: old }, { where: 'database', what: 'thumbnails' }],
      });
      await clean([], { SPHERELAB_URL });
      expect(asked).toEqual(['GET /leftovers', 'POST /leftovers/collect']);
    } finally {
      server.close();
    }
  });
});
