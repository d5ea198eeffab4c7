import { createHash } from 'node:crypto';
import { type DatasetFacts, runCourse } from '@spherelab/config';
import {
  cancelSweep,
  claimExperiment,
  collectBranches,
  countOutbox,
  createSweep,
  type Database,
  deleteExperiment,
  type Experiment,
  type Fence,
  getExperiment,
  getSweep,
  giveUpAttempt,
  inTransaction,
  listCheckpoints,
  nextExperiment,
  queuedHints,
  recordStart,
  releaseWaiting,
  requestTransition,
  retryPolicy,
  rolledBack,
  settleAttempt,
  storeCheckpoint,
} from '@spherelab/db';
import { describe, expect, test } from 'vitest';
import { databaseForEachTest } from '../../../test/database-for-each-test.ts';
import { anyFacts, newExperiment } from '../../../test/experiment-fixture.ts';

const devices = ['any', 'cpu'];
/** Seven batches an epoch. */
const seen = { trainingImages: 7 * 60 } as DatasetFacts;
const schedule = { steps: 50, eval_every: 100, milestones: [20], log_every: 5 };

describe('cells that share a past', () => {
  let database: Database;

  databaseForEachTest((fresh) => {
    database = fresh;
  });

  const inputs = (cells: readonly object[], force = false) =>
    cells.map((cell) => {
      const input = newExperiment({ ...schedule, batch_size: 60, ...cell }, force);
      return { ...input, course: runCourse(input.config, seen) };
    });
  async function post(cells: readonly object[], maxRunning: number | null = null) {
    const request = { name: null, request: {}, maxRunning };
    const sweep = await inTransaction(database, (client) => createSweep(client, request, inputs(cells)));
    return { ...sweep, ids: sweep.experiments.map(({ id }) => id) };
  }
  const row = async (id: string | undefined) => (await getExperiment(database.pool, id as string)) as Experiment;
  const next = () => nextExperiment(database.pool, devices);
  async function begin(id: string | undefined): Promise<Fence> {
    const claimed = await claimExperiment(database.pool, id as string, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
    if (claimed === null) throw new Error('it is not to be had');
    return { experimentId: claimed.id, attempt: claimed.attempt };
  }
  async function save(fence: Fence, kind: 'branch' | 'latest' | 'best' | 'final', step: number): Promise<void> {
    const bytes = Buffer.from(`${fence.experimentId} ${kind} ${step}`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const checkpoint = { step, kind, bytes: bytes.length, sha256, weightsSha256: 'x', facts: anyFacts };
    await storeCheckpoint(
      database.pool,
      fence,
      checkpoint,
      (async function* () {
        yield bytes;
      })(),
    );
  }
  const kept = async (id: string | undefined) =>
    (await listCheckpoints(database.pool, id as string)).map(({ kind, step }) => `${kind} ${step}`);

  test('are planned with the sweep: who makes the updates leaves a branch, the others wait and say so', async () => {
    const { id, ids, plan } = await post([{ lr_gamma: 0.5 }, { lr_gamma: 0.1 }, { lr_gamma: 0.1, steps: 80 }]);
    expect(plan).toEqual({ cells: 3, updates_asked: 51 + 51 + 81, updates_to_run: 51 + 31 + 30, seconds: null });
    expect((await getSweep(database.pool, id))?.plan).toEqual(plan);
    const [first, second, third] = await Promise.all(ids.map(row));
    expect(first).toMatchObject({ branch_at: [20], parent_id: null, waits: false, status_reason: null });
    expect(second).toMatchObject({ branch_at: [51], parent_id: ids[0], parent_step: 20, waits: true });
    expect(second?.status_reason).toContain(`waits for experiment ${ids[0]}, which makes the first 20`);
    expect(third).toMatchObject({ branch_at: [], parent_id: ids[1], parent_step: 51, waits: true });
    expect(await countOutbox(database.pool)).toBe(1);
    expect(await queuedHints(database.pool, 10)).toEqual([]);
    expect(await next()).toBe(ids[0]);
    await expect(begin(ids[1])).rejects.toThrow('not to be had');
  });

  test('share nothing where they are forced, of another seed, or on data that nobody has seen', async () => {
    const request = { name: null, request: {} };
    const create = (cells: ReturnType<typeof inputs>) =>
      inTransaction(database, (client) => createSweep(client, request, cells));
    const cells = [{ lr_gamma: 0.5 }, { lr_gamma: 0.1 }];
    const forced = await create(inputs(cells, true));
    const blind = await create(inputs(cells).map((input) => ({ ...input, course: null })));
    const others = await create(inputs([{ seed: 1 }, { seed: 2 }]));
    for (const { plan } of [forced, blind, others]) {
      expect(plan).toMatchObject({ updates_asked: 102, updates_to_run: 102 });
    }
    expect((await database.pool.query('SELECT 1 FROM experiment WHERE waits')).rowCount).toBe(0);
  });

  test('are only planned where it is rolled back', async () => {
    const request = { name: null, request: {} };
    const { plan } = await rolledBack(database, (client) =>
      createSweep(client, request, inputs([{ lr_gamma: 0.5 }, { lr_gamma: 0.1 }])),
    );
    expect(plan).toMatchObject({ updates_asked: 102, updates_to_run: 82 });
    for (const table of ['experiment', 'sweep', 'outbox']) {
      expect((await database.pool.query(`SELECT 1 FROM ${table}`)).rowCount).toBe(0);
    }
  });

  test('go on as soon as the branch is there, and once', async () => {
    const { ids } = await post([{ lr_gamma: 0.5 }, { lr_gamma: 0.1 }]);
    const fence = await begin(ids[0]);
    expect(fence.attempt).toBe(1);
    expect(await releaseWaiting(database.pool)).toBe(0);
    await save(fence, 'latest', 20);
    expect(await releaseWaiting(database.pool, ids[0])).toBe(0);
    await save(fence, 'branch', 20);
    expect(await releaseWaiting(database.pool, ids[1])).toBe(0);
    const both = await Promise.all([releaseWaiting(database.pool, ids[0]), releaseWaiting(database.pool)]);
    expect(both.sort()).toEqual([0, 1]);
    expect(await next()).toBe(ids[1]);
    expect(await row(ids[1])).toMatchObject({ waits: false, status_reason: null, parent_step: 20 });
  });

  test.each<[string, (id: string, fence: Fence) => Promise<unknown>]>([
    ['succeeded', (_, fence) => settleAttempt(database.pool, fence, { status: 'succeeded', result: {} })],
    [
      'failed',
      (_, fence) =>
        settleAttempt(database.pool, fence, {
          status: 'failed',
          error: { code: 'x', message: 'x', retryable: false },
        }),
    ],
    ['paused', (_, fence) => settleAttempt(database.pool, fence, { status: 'paused', reason: 'x' })],
    ['cancelled', (_, fence) => settleAttempt(database.pool, fence, { status: 'cancelled', reason: 'x' })],
    [
      'deleted',
      async (id, fence) => {
        await settleAttempt(database.pool, fence, { status: 'cancelled', reason: 'x' });
        await deleteExperiment(database.pool, id);
      },
    ],
    [
      'beyond it',
      async (id, fence) => {
        await save(fence, 'latest', 30);
        await giveUpAttempt(database.pool, fence, { outcome: 'interrupted', reason: 'x' }, retryPolicy);
        const again = await begin(id);
        await recordStart(database.pool, again, { totalUpdates: 51, resumedFromStep: 30, environment: {} });
      },
    ],
  ])('wait no more for a run that is %s', async (_, end) => {
    const { ids } = await post([{ lr_gamma: 0.5 }, { lr_gamma: 0.1 }]);
    const fence = await begin(ids[0]);
    await end(ids[0] as string, fence);
    expect(await releaseWaiting(database.pool)).toBe(1);
    expect(await next()).toBe(ids[1]);
  });

  test('wait on while the run is only interrupted', async () => {
    const { ids } = await post([{ lr_gamma: 0.5 }, { lr_gamma: 0.1 }]);
    const fence = await begin(ids[0]);
    await giveUpAttempt(database.pool, fence, { outcome: 'interrupted', reason: 'x' }, retryPolicy);
    expect(await releaseWaiting(database.pool)).toBe(0);
    expect(await next()).toBe(ids[0]);
  });

  test('keep the branches that they need, with the best as of then; the rest is collected', async () => {
    const { ids } = await post([{ lr_gamma: 0.5 }, { lr_gamma: 0.1 }, { lr_gamma: 0.1, steps: 80 }]);
    const fence = await begin(ids[0]);
    await save(fence, 'best', 11);
    await save(fence, 'branch', 20);
    await save(fence, 'best', 31);
    await save(fence, 'best', 41);
    await save(fence, 'branch', 30);
    expect(await kept(ids[0])).toEqual(['best 41', 'branch 30', 'branch 20', 'best 11']);
    await collectBranches(database.pool);
    // 30 was nobody's.
    expect(await kept(ids[0])).toEqual(['best 41', 'branch 20', 'best 11']);
    await releaseWaiting(database.pool);
    const child = await begin(ids[1]);
    await collectBranches(database.pool);
    expect(await kept(ids[0])).toContain('branch 20');
    await save(child, 'latest', 20);
    await collectBranches(database.pool);
    expect(await kept(ids[0])).toEqual(['best 41']);
  });

  test('of a cancelled sweep need nothing', async () => {
    const { id, ids } = await post([{ lr_gamma: 0.5 }, { lr_gamma: 0.1 }]);
    const fence = await begin(ids[0]);
    await save(fence, 'branch', 20);
    await cancelSweep(database, id);
    await collectBranches(database.pool);
    expect(await kept(ids[0])).toEqual([]);
  });

  test('of a second sweep go on from runs of the first: begun ones as they are, others are asked', async () => {
    const { ids } = await post([{ lr_gamma: 0.5 }]);
    const asked = await post([{ lr_gamma: 0.3 }]);
    expect(await row(asked.ids[0])).toMatchObject({ parent_id: ids[0], parent_step: 20, waits: true });
    expect(await row(ids[0])).toMatchObject({ branch_at: [20] });
    await begin(ids[0]);
    // Milestone 10 comes before anything that the running one will leave.
    const late = await post([{ lr_gamma: 0.3, milestones: [10] }]);
    expect(late.plan.updates_to_run).toBe(51 - 0);
    const another = await post([{ lr_gamma: 0.2 }]);
    expect(another.plan.updates_to_run).toBe(51 - 20);
    expect(await row(another.ids[0])).toMatchObject({ parent_id: ids[0], parent_step: 20, waits: true });
    // What is there already is shown.
    expect((await post([{ lr_gamma: 0.2 }])).plan).toMatchObject({ updates_asked: 51, updates_to_run: 0 });
  });

  test.each([
    ['more important', { priority: 5 }],
    ['for other devices', { device: 'cpu' }],
  ])('wait for no run of before where they are %s', async (_, over) => {
    const { ids } = await post([{ lr_gamma: 0.5 }]);
    const other = await post([{ lr_gamma: 0.1, ...over }]);
    expect(await row(other.ids[0])).toMatchObject({ parent_id: null, waits: false });
    const fence = await begin(ids[0]);
    await save(fence, 'branch', 20);
    // Of what is there they make use.
    const third = await post([{ lr_gamma: 0.2, ...over }]);
    expect(await row(third.ids[0])).toMatchObject({ parent_id: ids[0], parent_step: 20, waits: false });
  });

  test('leave a stopped run, and a run of a sweep that is full, to the others in line', async () => {
    const { ids } = await post([{ lr_gamma: 0.5 }, { lr_gamma: 0.1 }, { seed: 3 }, { seed: 4 }], 1);
    await begin(ids[0]);
    const other = await post([{ lr_gamma: 0.3 }, { seed: 9 }]);
    expect(await next()).toBe(other.ids[1]);
    await requestTransition(database.pool, ids[1] as string, 'pause');
    await requestTransition(database.pool, ids[1] as string, 'resume');
    expect((await row(ids[1])).waits).toBe(true);
  });

  test('are told how long it will take by runs of the same network, batch, size and device', async () => {
    const { ids } = await post([{ lr_gamma: 0.5 }]);
    const fence = await begin(ids[0]);
    await recordStart(database.pool, fence, { totalUpdates: 51, resumedFromStep: 0, environment: { device: 'cpu' } });
    await settleAttempt(database.pool, fence, { status: 'succeeded', result: {} });
    await database.pool.query("UPDATE experiment SET pace_since = finished_at - interval '102 s'");
    const secondsFor = async (cell: object) => (await post([cell])).plan.seconds;
    expect(await secondsFor({ seed: 1 })).toBe(102);
    expect(await secondsFor({ seed: 1, device: 'cpu', steps: 101 })).toBe(204);
    expect(await secondsFor({ seed: 1, device: 'gpu', steps: 102 })).toBeNull();
    expect(await secondsFor({ seed: 1, image_size: 32 })).toBeNull();
  });
});
