import { createHash, randomBytes } from 'node:crypto';
import {
  adoptPrefix,
  claimExperiment,
  type Database,
  type Experiment,
  getExperiment,
  listCheckpoints,
  logLinesAfter,
  openDatabase,
  type Prefix,
  readMetrics,
  recordStart,
  settleAttempt,
  storeCheckpoint,
  writeMetrics,
} from '@spherelab/db';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newExperiment } from '../../../test/experiment-fixture.ts';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { createExperiments, inTransaction } from '../src/index.ts';

const environment = { cpu: 'this one', intra_op_threads: 1 };

describe('a longer run of the same config', () => {
  let server: PostgresServer;
  let database: Database;

  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    database = openDatabase(await server.createDatabase());
    return () => database.close();
  });

  async function claimed(config: object, force = false): Promise<Experiment> {
    const [stored] = await inTransaction(database, (client) =>
      createExperiments(client, [newExperiment({ eval_every: 10, ...config }, force)]),
    );
    const id = stored?.experiment.id as string;
    return (await claimExperiment(database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 })) as Experiment;
  }
  /** A run that ended after `updates`, with a point for each. */
  async function ended(config: object, updates: number, last: object = { recall_at_1: 1 }): Promise<Experiment> {
    const experiment = await claimed(config);
    const fence = { experimentId: experiment.id, attempt: 1 };
    const full = { ...environment, tensorflow: '2' };
    await recordStart(database.pool, fence, { totalUpdates: updates, resumedFromStep: null, environment: full });
    const points = Array.from({ length: updates }, (_, step) => ({ name: 'lr', step, value: step / 7 }));
    await writeMetrics(database.pool, fence, points);
    for (const [kind, step] of [
      ['best', 11],
      ['final', updates],
    ] as const) {
      const bytes = randomBytes(500);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const content = (async function* () {
        yield bytes;
      })();
      const checkpoint = { step, kind, bytes: bytes.length, sha256, weightsSha256: 'x' };
      await storeCheckpoint(database.pool, fence, checkpoint, content);
    }
    const result = {
      last: { step: updates - 1, metrics: last },
      baselines: { untrained: { metrics: { recall_at_1: 0 } } },
    };
    await settleAttempt(database.pool, fence, { status: 'succeeded', result });
    return experiment;
  }
  const adopt = (experiment: Experiment, over: object = {}): Promise<Prefix | null> =>
    adoptPrefix(database, { experimentId: experiment.id, attempt: 1 }, experiment, { ...environment, ...over });

  test('takes over what the longest of the shorter ones measured and saved, and says so', async () => {
    await ended({ steps: 20 }, 21);
    const source = await ended({ steps: 30 }, 31);
    const experiment = await claimed({ steps: 100, name: 'longer', priority: 3 });
    expect(await adopt(experiment)).toEqual({ experimentId: source.id, step: 31, steps: 30 });
    const points = await readMetrics(database.pool, experiment.id, {});
    expect(points).toEqual(await readMetrics(database.pool, source.id, {}));
    expect(points).toHaveLength(31);
    const kinds = (await listCheckpoints(database.pool, experiment.id)).map(({ kind, step }) => `${kind} ${step}`);
    expect(kinds).toEqual(['latest 31', 'best 11']);
    const lines = (await logLinesAfter(database.pool, experiment.id, 0, 10)).map((line) => line.message);
    expect(lines).toContainEqual(expect.stringContaining(`after 31 updates of experiment ${source.id}`));
    const row = await getExperiment(database.pool, experiment.id);
    expect(row).toMatchObject({ prefix_of: source.id, prefix_step: 31, prefix_steps: 30 });
    expect((await database.pool.query('SELECT count(*)::int AS n FROM chunk')).rows).toEqual([{ n: 4 }]);
  });

  test.each([
    ['its last evaluation is none of the longer run', { steps: 25 }, 26, undefined, { steps: 100 }, {}],
    ['it measured more after training', { steps: 20 }, 21, { recall_at_1: 1, nmi: 1 }, { steps: 100 }, {}],
    ['another field differs', { steps: 20 }, 21, undefined, { steps: 100, seed: 7 }, {}],
    ['its milestones differ', { steps: 20 }, 21, undefined, { steps: 100, milestones: [50] }, {}],
    ['it is longer', { steps: 200 }, 201, undefined, { steps: 100 }, {}],
    ['it ran elsewhere', { steps: 20 }, 21, undefined, { steps: 100 }, { cpu: 'another' }],
    ['it had other threads', { steps: 20 }, 21, undefined, { steps: 100 }, { intra_op_threads: 2 }],
  ])(
    'begins at the beginning where of the other run it holds that %s',
    async (_, config, updates, last, ours, over) => {
      await ended(config, updates, last);
      const experiment = await claimed(ours);
      expect(await adopt(experiment, over)).toBeNull();
      expect(await readMetrics(database.pool, experiment.id, {})).toEqual([]);
    },
  );

  test('that was forced repeats everything, and so does an attempt that is not the first', async () => {
    await ended({ steps: 20 }, 21);
    expect(await adopt(await claimed({ steps: 100 }, true))).toBeNull();
    const experiment = await claimed({ steps: 100 });
    expect(await adopt({ ...experiment, attempt: 2 })).toBeNull();
  });
});
