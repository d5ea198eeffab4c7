import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCheckpoint } from '../src/checkpoint.ts';
import type { StopReason } from '../src/training-events.ts';
import { checkpointsOf, type ObservedRun, observeRun, pointsOf, smallConfig, withFolder } from './observed-run.ts';

describe('a finished run', () => {
  const config = smallConfig('triplet');
  let run: ObservedRun;
  let points: Map<string, number>;
  let release: () => void = () => undefined;
  let cleaned: Promise<void>;

  beforeAll(async () => {
    await new Promise<void>((ready, failed) => {
      cleaned = withFolder(async (folder) => {
        run = await observeRun(config, folder);
        points = pointsOf(run.events);
        ready();
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }).catch(failed);
    });
  });

  afterAll(async () => {
    release();
    await cleaned;
  });

  test('starts with what it depends on and ends with a final checkpoint of all updates', () => {
    expect(run.events.find(({ type }) => type === 'started')).toMatchObject({
      totalUpdates: 8,
      resumedFromStep: null,
      environment: { tensorflow: expect.stringMatching(/^\d/) },
    });
    expect(run.events.at(-1)).toMatchObject({ type: 'checkpoint', kind: 'final', step: 8 });
    expect(run.outcome).toMatchObject({ outcome: 'finished', result: { updates: 8 } });
  });

  test('logs the scalars of every step, and the mean total loss of each window', () => {
    for (let step = 0; step < 8; step += 1) {
      for (const name of ['loss_metric', 'loss_sec', 'loss_l2reg', 'norm_mean', 'norm_var', 'record_norm_mean', 'lr']) {
        expect(points.has(`${name}@${step}`)).toBe(true);
      }
    }
    const total = (step: number): number =>
      (points.get(`loss_metric@${step}`) as number) + 0.5 * (points.get(`loss_sec@${step}`) as number);
    expect(points.has('train_loss@0')).toBe(false);
    expect(points.get('train_loss@6')).toBeCloseTo((total(5) + total(6)) / 2, 4);
  });

  test('lowers the learning rate for the update of the milestone itself', () => {
    expect([points.get('lr@3'), points.get('lr@4')]).toEqual([1e-3, 1e-3 * 0.1]);
  });

  test('evaluates the untrained network, multiples of eval_every and the end', () => {
    const steps = [...points.keys()]
      .filter((key) => key.startsWith('recall_at_1@'))
      .map((key) => Number(key.slice(12)));
    expect(steps).toEqual([0, 3, 6, 7]);
    for (const name of ['recall_at_32', 'nmi', 'f1', 'map_at_r', 'r_precision', 'norm_cv', 'train_recall_at_1']) {
      expect(points.get(`${name}@7`)).toBeGreaterThan(0);
    }
  });

  test('names the best evaluation after step 0 and both baselines', () => {
    if (run.outcome.outcome !== 'finished') throw new Error('not finished');
    const { best, last, baselines } = run.outcome.result;
    const recalls = [3, 6, 7].map((step) => points.get(`recall_at_1@${step}`) as number);
    expect(best.metrics.recall_at_1).toBe(Math.max(...recalls));
    expect(last.step).toBe(7);
    expect(baselines.untrained.metrics.recall_at_1).toBe(points.get('recall_at_1@0'));
    expect(baselines.colour_histogram.metrics.recall_at_1).toBeGreaterThan(0);
    expect(baselines.colour_histogram.metrics.norm_cv).toBeUndefined();
  });

  test('saves after multiples of checkpoint_every, and each file has the size and hashes it was announced with', async () => {
    const saved = checkpointsOf(run.events);
    expect(saved.filter(({ kind }) => kind === 'latest').map(({ step }) => step)).toEqual([4, 7]);
    for (const { file, bytes, sha256, weightsSha256 } of saved) {
      const content = await readFile(file);
      expect([content.length, createHash('sha256').update(content.toString('latin1'), 'latin1').digest('hex')]).toEqual(
        [bytes, sha256],
      );
      expect((await readCheckpoint(file)).metadata.weightsSha256).toBe(weightsSha256);
    }
  });

  test('emits the metrics of a step before the checkpoint that covers it', () => {
    const firstSave = run.events.findIndex((event) => event.type === 'checkpoint' && event.kind === 'latest');
    const before = pointsOf(run.events.slice(0, firstSave));
    expect(before.has('loss_metric@3') && before.has('recall_at_1@3')).toBe(true);
  });
});

test.each(['pause', 'drain', 'cancel'] as const)('%s stops before the next update', async (reason: StopReason) => {
  // Metrics are flushed by the clock: a busy machine may be several steps further when it is told to stop.
  const config = smallConfig('triplet', { eval_every: 1000, checkpoint_every: 1000, steps: 999 });
  await withFolder(async (folder) => {
    let updates = 0;
    const run = await observeRun(config, folder, {
      emit: (event) => {
        if (event.type === 'metrics') updates = event.points.filter(({ name }) => name === 'lr').length;
      },
      stop: () => (updates >= 1 ? reason : null),
    });
    expect(run.outcome).toEqual({ outcome: 'stopped', reason });
    const kept = checkpointsOf(run.events).filter(({ kind }) => kind === 'latest');
    expect(kept).toHaveLength(reason === 'cancel' ? 0 : 1);
  });
});

test('a checkpoint of another experiment is refused', async () => {
  await withFolder(async (folder) => {
    const first = await observeRun(smallConfig('triplet', { steps: 1 }), folder);
    const resumeFrom = checkpointsOf(first.events).at(-1)?.file as string;
    const other = observeRun(smallConfig('triplet', { steps: 1, seed: 6 }), folder, { resumeFrom });
    await expect(other).rejects.toMatchObject({ code: 'checkpoint_mismatch', retryable: false });
  });
});

test.each([
  [{ dataset: 'nothing' }, 'unknown_dataset'],
  [{ batch_size: 90 }, 'too_few_classes'],
  [{ batch_size: 1200, instances: 200 }, 'invalid_batch'],
])('%o fails for good with code %s', async (overrides, code) => {
  await withFolder(async (folder) => {
    const run = observeRun(smallConfig('triplet', overrides), folder);
    await expect(run).rejects.toMatchObject({ name: 'TrainingError', code, retryable: false });
  });
});
