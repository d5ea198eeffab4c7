import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { timingMetrics } from '@spherelab/config';
import { createNetwork, importStateDict } from '@spherelab/models';
import { littleEndianBytes, readTorchFile } from '@spherelab/weight-files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from './wait-until.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

type Experiment = {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly steps_done: number;
  readonly result: { readonly weights_sha256: string } | null;
};

let state: string;
let url: string;
let launcher: ChildProcess;

/** The command line as a user types it, against the server of this file. */
async function spherelab(...args: string[]): Promise<string> {
  return (await said(...args)).stdout;
}

/** The same with what it says on stderr. */
function said(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const script = path.join(root, 'apps/cli/bin/spherelab.js');
  return run(process.execPath, [script, ...args], { env: { ...process.env, SPHERELAB_URL: url } });
}

async function get<T>(route: string): Promise<T> {
  return (await (await fetch(`${url}${route}`)).json()) as T;
}

/** Pids of trainer processes beneath the launcher, found by their parents. */
async function trainers(): Promise<number[]> {
  const children = async (pid: number): Promise<number[]> =>
    (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''))
      .split(' ')
      .filter(Boolean)
      .map(Number);
  const services = await children(launcher.pid as number);
  const grandchildren = (await Promise.all(services.map(children))).flat();
  const isTrainer = await Promise.all(
    grandchildren.map(async (pid) =>
      (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('trainer-process'),
    ),
  );
  return grandchildren.filter((_, index) => isTrainer[index]);
}

beforeAll(async () => {
  state = await mkdtemp(path.join(tmpdir(), 'spherelab-e2e-'));
  // As root the database runs as another user; where that one may not enter, its data would go elsewhere and stay there.
  await chmod(state, 0o755);
  const { DATABASE_URL: _, REDIS_URL: __, ...env } = process.env;
  launcher = spawn(
    process.execPath,
    [
      path.join(root, 'apps/launcher/dist/main.js'),
      '--state',
      state,
      '--workers',
      '1',
      '--data-dir',
      path.join(state, 'datasets'),
    ],
    {
      env,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  url = await new Promise((resolve, reject) => {
    launcher.once('message', (message: { readonly url: string }) => resolve(message.url));
    launcher.once('exit', (code) => reject(new Error(`the launcher ended with code ${code}`)));
  });
}, 120_000);

afterAll(async () => {
  const ended = new Promise((resolve) => launcher.once('exit', resolve));
  launcher.kill('SIGTERM');
  await ended;
  expect(existsSync(path.join(state, 'server.json'))).toBe(false);
  await rm(state, { recursive: true, force: true });
}, 120_000);

describe('the command line against a running server', () => {
  const settings = ['--use_dataset', 'shapes', '--use_loss', 'ms', '--sec_wei', '0.5', '--steps', '11'];
  const small = ['--batch_size', '20', '--eval_every', '100', '--checkpoint_every', '4'];

  it('trains, shows, lists, and gives the metrics of a run; a trainer killed with SIGKILL is a retried attempt with the same weights', async () => {
    const whole = JSON.parse(await spherelab('train', ...settings, ...small, '--json')) as Experiment;
    expect(whole).toMatchObject({ status: 'succeeded', attempt: 1 });

    const again = JSON.parse(await spherelab('train', ...settings, ...small, '--json', '--detach')) as Experiment;
    expect(again.id).toBe(whole.id);

    const killed = JSON.parse(
      await spherelab('train', ...settings, ...small, '--force', '--json', '--detach'),
    ) as Experiment;
    const view = () => get<Experiment>(`/experiments/${killed.id}`);
    await waitUntil('five steps', async () => (await view()).steps_done >= 5, 120_000);
    for (const pid of await trainers()) process.kill(pid, 'SIGKILL');
    await waitUntil('the end of the run', async () => (await view()).status === 'succeeded', 180_000);
    const resumed = await view();
    expect(resumed.attempt).toBe(2);
    expect(resumed.result?.weights_sha256).toBe(whole.result?.weights_sha256);

    const points = async (id: string) => {
      const csv = await spherelab('metrics', id);
      return csv
        .split('\n')
        .filter((line) => !timingMetrics.has(line.split(',')[0] as string))
        .sort();
    };
    expect(await points(killed.id)).toEqual(await points(whole.id));
    expect(await spherelab('show', whole.id)).toContain(`weights SHA-256 ${whole.result?.weights_sha256}`);
    expect(await spherelab('list')).toContain(whole.id);
    expect(await spherelab('logs', killed.id)).toContain('recall_at_1');
  }, 400_000);

  it('takes the beginning of an id, lists checkpoints, follows a log to its end, deletes, and says what was run before', async () => {
    const { items } = await get<{ items: Experiment[] }>('/experiments?status=succeeded&limit=2');
    const [killed, whole] = items as [Experiment, Experiment];
    expect(await spherelab('show', whole.id.slice(0, 8))).toContain(`experiment ${whole.id}`);
    expect(await spherelab('checkpoints', whole.id.slice(0, 8))).toContain(whole.result?.weights_sha256 as string);
    expect(await spherelab('logs', whole.id.slice(0, 8), '--follow')).toContain('recall_at_1');
    await expect(spherelab('show', 'ffffffff')).rejects.toMatchObject({ code: 1 });

    const script = path.join(root, 'apps/cli/bin/spherelab.js');
    const args = [script, 'train', ...settings, ...small, '--tags', 'later', '--url', url];
    const { SPHERELAB_URL: _, ...env } = process.env;
    const known = await run(process.execPath, args, { env });
    expect(known.stderr).toContain('the same config was posted at');
    expect(known.stderr).toContain('tags of this request: not taken');
    expect(known.stderr).toContain('--force');
    const found = await run(process.execPath, [script, 'list', '--url', url, '--filter', 'recall_at_1>0'], { env });
    expect(found.stdout).toContain(whole.id);
    const lost = run(process.execPath, [script, 'list', '--state', path.join(state, 'none')], { env });
    await expect(lost).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('--url') });

    // Long enough that it cannot end before it is cancelled.
    const { id } = JSON.parse(
      await spherelab('train', ...settings, ...small, '--steps', '100000', '--force', '--json', '--detach'),
    ) as Experiment;
    await spherelab('cancel', id.slice(0, 8));
    await waitUntil(
      'the cancelled run',
      async () => (await get<Experiment>(`/experiments/${id}`)).status === 'cancelled',
    );
    expect(await spherelab('delete', id.slice(0, 8))).toContain('deleted experiment');
    expect((await fetch(`${url}/experiments/${id}`)).status).toBe(404);
    expect((await fetch(`${url}/experiments/${killed.id}`)).status).toBe(200);
  }, 120_000);

  it('finds, groups and writes runs as CSV, and takes "last" for the newest', async () => {
    const [newest] = (await get<{ items: Experiment[] }>('/experiments?limit=1')).items;
    expect(await spherelab('show', 'last')).toContain(`experiment ${newest?.id}`);
    const columns = ['--columns', 'seed,steps,recall_at_1', '--sort', '-recall_at_1', '--limit', '1'];
    const [head, , row] = (await spherelab('list', '--status', 'succeeded', ...columns)).split('\n');
    expect(head).toMatch(/^id +seed +steps +R@1 %$/);
    expect(row).toMatch(/^[0-9a-f-]{36} +\d+ +(\d+)\/\1 +\d+\.\d$/);
    expect(await spherelab('list', '--group', 'loss', '--metric', 'nmi')).toMatch(/loss +runs +succeeded +NMI % mean/);
    const csv = await spherelab('list', '--csv', '--columns', 'id,recall_at_1', '--filter', 'recall_at_1>=0');
    expect(csv.split('\n')[1]).toMatch(/^[0-9a-f-]{36},0\.\d+$/);
    await expect(spherelab('list', '--filter', 'status=succeded')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('status is one of queued, running'),
    });
    await expect(spherelab('report', 'last')).rejects.toMatchObject({ code: 1 });
  }, 60_000);

  it('has a worker compute a finished run again, and finds the same bits', async () => {
    const { items } = await get<{ items: Experiment[] }>('/experiments?status=succeeded&limit=1');
    const id = items[0]?.id as string;
    const { report } = JSON.parse(await spherelab('verify', id, '--stretch', 'all', '--json'));
    expect(report).toMatchObject({ same_bits: true, findings: [] });
    expect(report.stretches.length).toBeGreaterThan(0);
    expect(await spherelab('verify', id)).toContain('same bits');
    await expect(spherelab('verify', 'nobody')).rejects.toMatchObject({ code: 1 });
  });

  it('prints what the API refuses with field, value and what is allowed, and exits 1', async () => {
    const refused = spherelab(
      'train',
      '--use_dataset',
      'shapes',
      '--use_loss',
      'triplet',
      '--lr',
      '-1',
      '--alpha',
      '2',
    );
    const { stderr } = await refused.then(
      () => ({ stderr: '' }),
      (error: { stderr: string }) => error,
    );
    expect(stderr.match(/^(spherelab: )?lr: /gm), stderr).toHaveLength(1);
    await expect(spherelab('show', 'nobody')).rejects.toMatchObject({ code: 1 });
    await expect(spherelab('evaluate', '--embeddings', 'no.npy', '--labels', 'no.npy')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no.npy cannot be read'),
    });
  });

  it('embeds with a checkpoint by its id, and evaluates what it wrote to the numbers of the run', async () => {
    const [experiment] = (
      await get<{ items: (Experiment & { result: { last: { metrics: Record<string, number> } } })[] }>(
        '/experiments?status=succeeded&limit=1',
      )
    ).items;
    const { items } = await get<{ items: { id: string; kind: string }[] }>(
      `/experiments/${experiment?.id}/checkpoints`,
    );
    const final = items.find((checkpoint) => checkpoint.kind === 'final')?.id as string;
    const out = path.join(state, 'E.npy');
    const { stderr } = await said('embed', '--dataset', 'shapes', '--checkpoint', final, '--out', out);
    expect(stderr).not.toMatch(/absl|oneDNN/);
    expect((await readdir(state)).filter((file) => file.startsWith('E.')).sort()).toEqual([
      'E.json',
      'E.labels.npy',
      'E.npy',
    ]);
    const byRun = path.join(state, 'F.npy');
    await spherelab('embed', '--dataset', 'shapes', '--checkpoint', String(experiment?.id).slice(0, 8), '--out', byRun);
    expect(await readFile(byRun)).toEqual(await readFile(out));
    const scores = JSON.parse(
      await spherelab(
        'evaluate',
        '--embeddings',
        out,
        '--labels',
        path.join(state, 'E.labels.npy'),
        '--k',
        '1',
        '--json',
      ),
    );
    expect(scores.recall['1']).toBeCloseTo(experiment?.result.last.metrics.recall_at_1 as number, 2);
  }, 120_000);

  it('scores a checkpoint of an experiment on the images of this machine, as the run itself scored it', async () => {
    type Scored = Experiment & { result: { last: { metrics: Record<string, number> } } };
    const [experiment] = (await get<{ items: Scored[] }>('/experiments?status=succeeded&limit=1')).items;
    const scores = JSON.parse(await spherelab('evaluate', '--experiment', experiment?.id as string, '--json'));
    expect(Object.keys(scores.recall)).toEqual(['1', '2', '4', '8', '16', '32']);
    for (const [name, value] of [
      ['recall_at_1', scores.recall['1']],
      ['recall_at_32', scores.recall['32']],
      ['norm_cv', scores.norm_cv],
      ['nmi', scores.nmi],
    ]) {
      expect(value, name).toBeCloseTo(experiment?.result.last.metrics[name] as number, 2);
    }
    await expect(
      spherelab('evaluate', '--experiment', experiment?.id as string, '--checkpoint', '3'),
    ).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('latest, best, final or a number of updates') });
    await expect(spherelab('evaluate')).rejects.toMatchObject({ code: 1 });
  }, 120_000);

  it('posts the cells of the published table that are asked for, and reports them beside the paper', async () => {
    const cells = ['--dataset', 'CUB', '--loss', 'triplet', '--regulariser', 'sec', '--seeds', '0,1'];
    // No data root and no GPU here: they wait, and nothing is trained.
    const { items } = JSON.parse(await spherelab('reproduce', ...cells, '--device', 'gpu', '--json'));
    expect(
      items.map(({ config }: { config: Record<string, unknown> }) => [config.sec_wei, config.lr, config.seed]),
    ).toEqual([
      [1, 0.5e-5, 0],
      [1, 0.5e-5, 1],
    ]);
    const report = JSON.parse(await spherelab('report', '--json'));
    expect(report.rows).toHaveLength(48);
    expect(report.rows[2]).toMatchObject({ dataset: 'cub', regulariser: 'sec', status: 'queued', n: 0 });
    const markdown = await spherelab('report');
    expect(markdown.match(/\| not run \|/g)).toHaveLength(47);
    for (const { id } of items) await spherelab('cancel', id);
    await expect(spherelab('reproduce', '--dataset', 'shapes')).rejects.toMatchObject({ code: 1 });
  });

  it('exports the weights of a run, bit by bit those of its result, for PyTorch', async () => {
    const [experiment] = (
      await get<{ items: (Experiment & { config: { embedding_dim: number; image_size: number } })[] }>(
        '/experiments?status=succeeded&limit=1',
      )
    ).items;
    const id = experiment?.id as string;
    const file = path.join(state, 'run.pth');
    const written = JSON.parse(
      await spherelab('export', id, '--format', 'pth', '--checkpoint', 'final', '--out', file, '--json'),
    );
    expect(written).toMatchObject({ format: 'pth', source: { experiment: id, kind: 'final' }, updates: 12 });
    const network = createNetwork({
      backbone: 'conv_small',
      freezeBn: true,
      imageSize: experiment?.config.image_size as number,
      embeddingDim: experiment?.config.embedding_dim as number,
      needBn: true,
    });
    const imported = importStateDict(network, readTorchFile(new Uint8Array(await readFile(file))));
    expect([imported.missing, imported.unused]).toEqual([[], []]);
    const hash = createHash('sha256');
    for (const { name } of network.specs) hash.update(littleEndianBytes(imported.state.get(name) as Float32Array));
    expect(hash.digest('hex')).toBe(experiment?.result?.weights_sha256);
    await spherelab('export', id, '--format', 'tfjs', '--checkpoint', 'best', '--out', path.join(state, 'model.json'));
    await expect(
      spherelab('export', id, '--format', 'pth', '--checkpoint', '777', '--out', path.join(state, 'x.pth')),
    ).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('12 (final)') });
    await expect(
      spherelab('export', 'nobody', '--format', 'pth', '--out', path.join(state, 'x.pth')),
    ).rejects.toMatchObject({ code: 1 });
  }, 120_000);

  it('says in doctor --json which TensorFlow, device and kernels there are', async () => {
    const report = JSON.parse(await spherelab('doctor', '--json'));
    expect(report).toMatchObject({
      ok: true,
      tensorflow: expect.stringMatching(/^2\./),
      backend: 'tensorflow',
      device: expect.any(String),
    });
    expect(report.kernels.map((check: { kernel: string }) => check.kernel)).toEqual([
      'MatMul',
      'Conv2DBackpropFilter',
      'TopKV2',
    ]);
    expect(report.kernels.every((check: { ok: boolean }) => check.ok)).toBe(true);
  });
});
