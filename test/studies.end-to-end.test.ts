import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePictureFolder } from './picture-folder.ts';
import { type SystemUnderTest, startSystemUnderTest } from './system-under-test.ts';
import { waitUntil } from './wait-until.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const python = process.env.SPHERELAB_PEER_PYTHON;
const hasOptuna = python !== undefined && spawnSync(python, ['-c', 'import optuna']).status === 0;

type Study = {
  readonly id: string;
  readonly status: string;
  readonly plan_sha256: string;
  readonly state: { readonly tuning: unknown; readonly comparisons: readonly { readonly pairs: readonly unknown[] }[] };
  readonly runs: readonly { readonly status: string; readonly arm: string; readonly seed: number }[];
};

const tiny = ['--dataset', 'tiny', '--backbone', 'conv_small', '--image_size', '16', '--embedding_dim', '8'];
const short = ['--instances', '3', '--batch_size', '9', '--steps', '4', '--eval_every', '4'];
const limits = ['--tune', 'lr=0.001,0.01', '--trials', '2', '--pairs', '2', '--json'];
const question = ['study', '--loss', 'triplet', '--arms', 'plain,sec', ...tiny, ...short, ...limits];

describe('a study, asked on the command line', () => {
  const folders: string[] = [];
  let data: string;
  let system: SystemUnderTest;

  const folder = async (): Promise<string> => {
    const made = await mkdtemp(path.join(tmpdir(), 'spherelab-study-'));
    await chmod(made, 0o755); // as root the database runs as another user
    folders.push(made);
    return made;
  };
  const spherelab = async (...args: string[]): Promise<string> => {
    const script = path.join(root, 'apps/cli/bin/spherelab.js');
    const env = { ...process.env, SPHERELAB_URL: system.url };
    return (await run(process.execPath, [script, ...args], { env, maxBuffer: 1 << 24 })).stdout;
  };
  const get = async <T>(route: string): Promise<T> => (await (await fetch(`${system.url}${route}`)).json()) as T;

  beforeAll(async () => {
    data = await folder();
    await writePictureFolder(path.join(data, 'tiny'), 16, 6, 16);
  });
  afterAll(async () => {
    await system?.stop();
    for (const made of folders) await rm(made, { recursive: true, force: true });
  });

  it('ends with the same answer as an undisturbed one where all of it is killed with -9 in the middle', async () => {
    system = await startSystemUnderTest(await folder(), data, 0);
    const undisturbed = JSON.parse(await spherelab(...question)) as Study;
    expect(undisturbed.status).toBe('undecided'); // two pairs cannot decide
    expect(undisturbed.state.comparisons[0]?.pairs).toHaveLength(2);
    await system.stop();

    const state = await folder();
    system = await startSystemUnderTest(state, data, 0);
    // Looking at the cost stores nothing: two arms, two trials each, two pairs.
    const cost = JSON.parse(await spherelab(...question, '--dry-run')) as { readonly runs_at_most: number };
    expect(cost.runs_at_most).toBe(8);
    expect((await get<{ readonly items: readonly unknown[] }>('/studies')).items).toEqual([]);
    const { id } = JSON.parse(await spherelab(...question, '--detach')) as Study;
    const ended = async () => (await get<Study>(`/studies/${id}`)).runs.filter(({ status }) => status === 'succeeded');
    await waitUntil('a run of the search has ended', async () => (await ended()).length >= 1, 120_000);
    await system.kill();
    system = await startSystemUnderTest(state, data, 0);
    await waitUntil('the first pair is under way', async () => (await ended()).length >= 5, 180_000);
    await system.kill();
    system = await startSystemUnderTest(state, data, 0);
    const study = JSON.parse(await spherelab('study', id, '--json')) as Study;
    expect(study.plan_sha256).toBe(undisturbed.plan_sha256);
    expect(study.status).toBe(undisturbed.status);
    expect(study.state).toEqual(undisturbed.state);
    // Asked again, it is the same study; in words it says what was tuned and how the pairs went.
    expect((JSON.parse(await spherelab(...question)) as Study).id).toBe(id);
    const told = await spherelab('study', id);
    expect(told).toMatch(/tuning \(\* chosen\)/);
    expect(told).toMatch(/sec minus plain, recall_at_1/);
    expect(told).toMatch(/The budget of 2 pairs is spent|Not decided between sec and plain/);
    expect(await spherelab('studies')).toContain(id);
  }, 600_000);

  it.skipIf(!hasOptuna)(
    'is not needed where Optuna chooses: it asks for cells and is told how they ended, also after it was stopped',
    async () => {
      const env = { ...process.env, SPHERELAB_URL: system.url };
      const search = (...args: string[]) =>
        run(
          python as string,
          [path.join(root, 'examples/optuna_search.py'), '--dataset', 'tiny', '--steps', '4', ...args],
          { env },
        );
      const { stdout } = await search('--trials', '2');
      const [, sweep = ''] = /^sweep (\S+)/.exec(stdout) ?? [];
      expect(stdout).toMatch(/best: 0\.\d+ with \{'lr'/);
      const again = await search('--trials', '3', '--sweep', sweep);
      expect(again.stdout.match(/^trial /gm)).toHaveLength(1);
      expect((await get<{ total: number }>(`/sweeps/${sweep}`)).total).toBe(3);
    },
    300_000,
  );
});
