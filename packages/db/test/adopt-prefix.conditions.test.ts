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
  type PrefixCandidate,
  prefixCandidates,
  readMetrics,
  recordStart,
  StaleAttemptError,
  settleAttempt,
  storeCheckpoint,
  writeArtifact,
  writeMetrics,
} from '@spherelab/db';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkpointFacts, newExperiment } from '../../../test/experiment-fixture.ts';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { createExperiments, inTransaction } from '../src/index.ts';

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
    await recordStart(database.pool, fence, { totalUpdates: updates, resumedFromStep: null, environment: {} });
    await writeArtifact(database.pool, fence, 'graph', Buffer.from('a recorded step'));
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
      const facts = checkpointFacts(experiment.config);
      const checkpoint = { step, kind, bytes: bytes.length, sha256, weightsSha256: 'x', facts };
      await storeCheckpoint(database.pool, fence, checkpoint, content);
    }
    const result = {
      last: { step: updates - 1, metrics: last },
      baselines: { untrained: { metrics: { recall_at_1: 0 } } },
    };
    await settleAttempt(database.pool, fence, { status: 'succeeded', result });
    return experiment;
  }
  const adopt = (experiment: Experiment, source: PrefixCandidate): Promise<void> =>
    adoptPrefix(database, { experimentId: experiment.id, attempt: 1 }, source);

  test('finds those that are not longer, longest first, with how they ended and under what', async () => {
    const first = await ended({ steps: 20 }, 21);
    const longest = await ended({ steps: 30 }, 31, { recall_at_1: 1, nmi: 1 });
    await ended({ steps: 200 }, 201);
    await ended({ steps: 20, seed: 7 }, 21);
    const experiment = await claimed({ steps: 100, name: 'longer', priority: 3 });
    expect(await prefixCandidates(database.pool, experiment)).toEqual([
      { id: longest.id, steps: 30, updates: 31, facts: checkpointFacts(longest.config), measuredMoreAtTheEnd: true },
      { id: first.id, steps: 20, updates: 21, facts: checkpointFacts(first.config), measuredMoreAtTheEnd: false },
    ]);
  });

  test('takes over what another measured, showed and saved, and says so', async () => {
    const source = await ended({ steps: 30 }, 31);
    const experiment = await claimed({ steps: 100 });
    const [candidate] = await prefixCandidates(database.pool, experiment);
    await adopt(experiment, candidate as PrefixCandidate);
    const points = await readMetrics(database.pool, experiment.id, {});
    expect(points).toEqual(await readMetrics(database.pool, source.id, {}));
    expect(points).toHaveLength(31);
    const kinds = (await listCheckpoints(database.pool, experiment.id)).map(({ kind, step }) => `${kind} ${step}`);
    expect(kinds).toEqual(['latest 31', 'best 11']);
    const lines = (await logLinesAfter(database.pool, experiment.id, 0, 10)).map((line) => line.message);
    expect(lines).toContainEqual(expect.stringContaining(`after 31 updates of experiment ${source.id}`));
    const row = await getExperiment(database.pool, experiment.id);
    const graph = (await getExperiment(database.pool, source.id))?.graph_sha256;
    expect(row).toMatchObject({ prefix_of: source.id, prefix_step: 31, prefix_steps: 30, graph_sha256: graph });
    expect((await database.pool.query('SELECT count(*)::int AS n FROM chunk')).rows).toEqual([{ n: 2 }]);
  });

  test('takes over nothing for an attempt that is over', async () => {
    await ended({ steps: 30 }, 31);
    const experiment = await claimed({ steps: 100 });
    const [candidate] = await prefixCandidates(database.pool, experiment);
    await database.pool.query('UPDATE experiment SET attempt = 2 WHERE id = $1', [experiment.id]);
    await expect(adopt(experiment, candidate as PrefixCandidate)).rejects.toThrow(StaleAttemptError);
    expect(await readMetrics(database.pool, experiment.id, {})).toEqual([]);
  });
});
