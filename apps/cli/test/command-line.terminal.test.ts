import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSpherelab } from './run-spherelab.ts';

const script = fileURLToPath(new URL('../bin/spherelab.js', import.meta.url));
const hostile = 'a\u001b[31mred\u009b2J\u202egpj\nnext';

describe('the command line in a terminal', () => {
  let server: Server;
  let url: string;
  let posted: unknown;

  beforeAll(async () => {
    const experiment = {
      id: 'e1',
      status: 'queued',
      status_reason: hostile,
      name: hostile,
      config: { dataset: 'shapes', loss: 'ms' },
      sources: {},
      steps_done: 0,
      total_updates: null,
      result: null,
      error: null,
    };
    const plan = { cells: 4, updates_asked: 4_000, updates_to_run: 1_500, seconds: 600 };
    const answers: Readonly<Record<string, unknown>> = {
      '/experiments': { items: [experiment], next_cursor: null },
      '/experiments/e1': experiment,
      '/experiments/e1/logs': { items: [{ level: 'info', message: hostile, logged_at: 'now' }], next_cursor: null },
    };
    server = createServer(async (request, response) => {
      const address = request.url?.split('?')[0] ?? '';
      if (request.method === 'POST') {
        let text = '';
        for await (const chunk of request) text += chunk;
        posted = JSON.parse(text);
        response.end(JSON.stringify(address === '/sweeps' ? { id: 's1', counts: {}, plan } : experiment));
      } else if (address === '/experiments/e1/metrics') {
        response.end('name,step,value\n'.repeat(200_000));
      } else if (answers[address] === undefined) {
        response.writeHead(404).end(JSON.stringify({ detail: `there is no ${hostile}` }));
      } else response.end(JSON.stringify(answers[address]));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const run = (...args: string[]) => runSpherelab(args, { SPHERELAB_URL: url });

  it('ends quietly when its reader has seen enough', async () => {
    const command = `"${process.execPath}" "${script}" metrics e1 | head -n 1`;
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], {
      env: { ...process.env, SPHERELAB_URL: url },
    });
    expect([stdout, stderr]).toEqual(['name,step,value\n', '']);
  });

  it.each([
    [['list']],
    [['show', 'e1']],
    [['logs', 'e1']],
    [['show', 'e2']],
    [['list', '--json']],
    [['logs', 'e1', '--json']],
  ])('writes control characters of names and messages out: %j', async (args) => {
    const { stdout, stderr } = await run(...args);
    expect(stdout + stderr).toContain('[31m');
    expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n\t]|\u202e/u);
    if (!args.includes('--json')) return;
    const [item] = JSON.parse(stdout).items;
    expect(item.name ?? item.message).toBe(hostile);
  });

  it('names the page, not the JSON, where something was posted', async () => {
    expect((await run('train', '--dataset', 'shapes', '--loss', 'ms', '--detach')).stderr).toContain(
      `${url}/lab/experiments/e1`,
    );
    expect((await run('sweep', '--dataset', 'shapes', '--grid', 'loss=ms', '--detach')).stderr).toContain(
      `${url}/lab/sweeps/s1`,
    );
  });

  it('says what a sweep costs before it waits, and with --dry-run nothing else', async () => {
    const sweep = ['sweep', '--dataset', 'shapes', '--grid', 'loss=ms'];
    const cost = '4 cells, 4000 updates asked, 1500 to run; about 10 min of one device\n';
    expect((await run(...sweep, '--detach')).stderr).toContain(cost);
    expect(posted).not.toHaveProperty('dry_run');
    expect(await run(...sweep, '--dry-run')).toMatchObject({ code: 0, stdout: cost, stderr: '' });
    expect(posted).toMatchObject({ dry_run: true, grid: { loss: ['ms'] } });
    expect(JSON.parse((await run(...sweep, '--dry-run', '--json')).stdout).plan.updates_to_run).toBe(1_500);
  });

  it('puts the values of a field that is named again into the same axis', async () => {
    const grid = ['--grid', 'loss=triplet', '--grid', 'lr=0.1', '--grid', 'loss=ms,n-npair'];
    await run('sweep', '--dataset', 'shapes', ...grid, '--max-running', '3', '--detach');
    expect(posted).toMatchObject({ max_running: 3, grid: { loss: ['triplet', 'ms', 'n-npair'], lr: [0.1] } });
  });

  it.each([
    [['embed', '--dataset', 'shapes', '--weights', 'random', '--out']],
    [['export', 'e1', '--format', 'pth', '--out']],
  ])('refuses a file in a folder that is not there before it works: %j', async (args) => {
    const extension = args[0] === 'embed' ? '.npy' : '.pth';
    const { code, stderr } = await run(...args, path.join(tmpdir(), 'not-there', `file${extension}`));
    expect(code).toBe(1);
    expect(stderr).toMatch(/--out .*there is no folder .*not-there\n {2}-> mkdir -p /);
  });
});
