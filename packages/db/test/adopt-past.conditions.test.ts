import { createHash, randomBytes } from 'node:crypto';
import {
  adoptPast,
  claimExperiment,
  type Database,
  deleteExperiment,
  type Experiment,
  getExperiment,
  listCheckpoints,
  logLinesAfter,
  type PastCandidate,
  pastCandidates,
  readMetrics,
  recordStart,
  StaleAttemptError,
  settleAttempt,
  storeCheckpoint,
  writeArtifact,
  writeMetrics,
} from '@spherelab/db';
import { describe, expect, test } from 'vitest';
import { databaseForEachTest } from '../../../test/database-for-each-test.ts';
import { checkpointFacts, newExperiment } from '../../../test/experiment-fixture.ts';
import { createExperiment } from '../src/index.ts';

describe('a run with the same past as another', () => {
  let database: Database;

  databaseForEachTest((fresh) => {
    database = fresh;
  });

  async function claimed(config: object, force = false): Promise<Experiment> {
    const input = newExperiment({ eval_every: 10, ...config }, force);
    const { id } = (await createExperiment(database.pool, input)).experiment;
    return (await claimExperiment(database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 })) as Experiment;
  }
  type Kind = 'best' | 'branch' | 'latest' | 'final';
  /** A run that ended after `updates`, with two points for each, one of an evaluation. */
  async function ended(
    config: object,
    updates: number,
    last: object = { recall_at_1: 1 },
    left: readonly (readonly [Kind, number])[] = [],
  ): Promise<Experiment> {
    const experiment = await claimed(config);
    const fence = { experimentId: experiment.id, attempt: 1 };
    await recordStart(database.pool, fence, { totalUpdates: updates, resumedFromStep: null, environment: {} });
    await writeArtifact(database.pool, fence, 'graph', Buffer.from('a recorded step'));
    const points = Array.from({ length: updates }, (_, step) => [
      { name: 'lr', step, value: step / 7 },
      { name: 'recall_at_1', step, value: step / 100 },
    ]).flat();
    await writeMetrics(database.pool, fence, points);
    for (const [kind, step] of [['best', 11], ...left, ['final', updates]] as const) {
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
  const adopt = (experiment: Experiment, past: PastCandidate): Promise<boolean> =>
    adoptPast(database, { experimentId: experiment.id, attempt: 1 }, past);
  const candidates = (experiment: Experiment, total = 101) => pastCandidates(database.pool, experiment, total);
  const only = async (experiment: Experiment, total?: number) =>
    (await candidates(experiment, total))[0] as PastCandidate;

  test('finds branches and ends of runs whose schedules, lengths and cadences may differ, the furthest first', async () => {
    const branches = [
      ['branch', 5],
      ['latest', 7],
      ['branch', 21],
    ] as const;
    const first = await ended({ steps: 20, lr_gamma: 0.3, eval_every: 7 }, 21, {}, branches);
    const longest = await ended({ steps: 30, milestones: [3] }, 31, { recall_at_1: 1, nmi: 1 });
    await ended({ steps: 200 }, 201);
    await ended({ steps: 20, seed: 7 }, 21);
    const running = await claimed({ steps: 90, log_every: 3 });
    const experiment = await claimed({ steps: 100, name: 'longer', priority: 3 });
    const brief = (await candidates(experiment)).map(({ experiment_id, step, isEnd, measuredMore, steps, isSame }) => [
      experiment_id,
      step,
      { isEnd, measuredMore, steps, isSame },
    ]);
    expect(brief).toEqual([
      [longest.id, 31, { isEnd: true, measuredMore: true, steps: 30, isSame: false }],
      [first.id, 21, { isEnd: true, measuredMore: true, steps: 20, isSame: false }],
      [first.id, 21, { isEnd: false, measuredMore: false, steps: 20, isSame: false }],
      [first.id, 5, { isEnd: false, measuredMore: false, steps: 20, isSame: false }],
    ]);
    expect(brief).not.toContain(running.id);
    expect((await candidates(experiment, 20)).map(({ step }) => step)).toEqual([5]);
    expect((await candidates(await claimed({ steps: 30, milestones: [3], name: 'x' }, true), 31))[0]?.isSame).toBe(
      true,
    );
    expect((await only(experiment)).facts).toEqual(checkpointFacts(longest.config));
  });

  test('takes over what another measured and showed up to its end, and says so', async () => {
    const source = await ended({ steps: 30 }, 31);
    const experiment = await claimed({ steps: 100 });
    expect(await adopt(experiment, await only(experiment))).toBe(true);
    const points = await readMetrics(database.pool, experiment.id, {});
    expect(points).toEqual(await readMetrics(database.pool, source.id, {}));
    expect(points).toHaveLength(62);
    // Its own it saves once it goes on.
    const kinds = (await listCheckpoints(database.pool, experiment.id)).map(({ kind, step }) => `${kind} ${step}`);
    expect(kinds).toEqual(['best 11']);
    const lines = (await logLinesAfter(database.pool, experiment.id, 0, 10)).map((line) => line.message);
    expect(lines).toContainEqual(expect.stringContaining(`after 31 updates of experiment ${source.id}`));
    const row = await getExperiment(database.pool, experiment.id);
    const graph = (await getExperiment(database.pool, source.id))?.graph_sha256;
    expect(row).toMatchObject({ prefix_of: source.id, prefix_step: 31, prefix_steps: 30, graph_sha256: graph });
  });

  test('takes over what came before a branch: not the evaluation due there, and the best as of then', async () => {
    const left = [
      ['branch', 11],
      ['branch', 15],
      ['best', 15],
      ['best', 21],
    ] as const;
    await ended({ steps: 30, lr_gamma: 0.3 }, 31, {}, left);
    for (const [total, best, updates] of [
      [14, [], 11],
      [16, ['best 11'], 15],
    ] as const) {
      const experiment = await claimed({ steps: total - 1 });
      expect(await adopt(experiment, await only(experiment, total))).toBe(true);
      const points = await readMetrics(database.pool, experiment.id, {});
      const last = (name: string) => Math.max(...points.filter((point) => point.name === name).map(({ step }) => step));
      expect([last('lr'), last('recall_at_1')]).toEqual([updates - 1, updates - 2]);
      const kinds = (await listCheckpoints(database.pool, experiment.id)).map(({ kind, step }) => `${kind} ${step}`);
      expect(kinds).toEqual(best);
    }
  });

  test('takes over nothing of what was deleted meanwhile', async () => {
    const source = await ended({ steps: 30 }, 31);
    const experiment = await claimed({ steps: 100 });
    const past = await only(experiment);
    await deleteExperiment(database.pool, source.id);
    expect(await adopt(experiment, past)).toBe(false);
    expect(await readMetrics(database.pool, experiment.id, {})).toEqual([]);
  });

  test('takes over nothing for an attempt that is over', async () => {
    await ended({ steps: 30 }, 31);
    const experiment = await claimed({ steps: 100 });
    const past = await only(experiment);
    await database.pool.query('UPDATE experiment SET attempt = 2 WHERE id = $1', [experiment.id]);
    await expect(adopt(experiment, past)).rejects.toThrow(StaleAttemptError);
    expect(await readMetrics(database.pool, experiment.id, {})).toEqual([]);
  });
});
