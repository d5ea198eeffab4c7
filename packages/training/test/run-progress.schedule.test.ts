import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { logWindow } from '../src/log-window.ts';
import {
  checkpointDue,
  evaluationDue,
  initialProgress,
  type RunProgress,
  withEvaluation,
  withLoss,
} from '../src/run-progress.ts';
import { updateOnce } from '../src/update-once.ts';
import { smallConfig } from './observed-run.ts';

type LoopCase = {
  readonly steps: number;
  readonly batches_per_epoch: number;
  readonly start_step: number;
  readonly evaluate_every: number;
  readonly save_every: number;
  readonly updates_executed: number;
  readonly train_loss_logged_at: readonly number[];
  readonly error: string | null;
  readonly events: readonly (readonly [string, number, ...number[]])[];
};

const { cases } = JSON.parse(readFileSync(path.join(goldenRoot(), 'optimizer', 'train-loop.json'), 'utf8')) as {
  cases: readonly LoopCase[];
};

const summary = (step: number, recall: number) => ({ step, metrics: { recall_at_1: recall } });

describe.each(cases.filter(({ error }) => error === null))(
  'with $steps steps and $batches_per_epoch batches an epoch',
  (golden) => {
    test('evaluations, saves and train_loss come at the steps of the reference', () => {
      const totalUpdates = golden.updates_executed;
      const schedule = { evalEvery: golden.evaluate_every, checkpointEvery: golden.save_every, totalUpdates };
      const window = logWindow(20, 10);
      let progress: RunProgress = withEvaluation(initialProgress, summary(0, 0));
      const events: [string, number][] = [];
      const lossesLoggedAt: number[] = [];
      for (let step = 0; step < totalUpdates; step += 1) {
        progress = withLoss(progress, 1, 20);
        events.push(['update', step]);
        if (window.pointsAfter(step, progress, 0).length > 0) lossesLoggedAt.push(step);
        const evaluated = evaluationDue(progress, schedule);
        // The evaluation after the last update is ours, unless it falls on a multiple.
        if (evaluated !== null && evaluated % golden.evaluate_every === 0) events.push(['test', evaluated]);
        if (evaluated !== null) progress = withEvaluation(progress, summary(evaluated, 0.5));
        expect(evaluationDue(progress, schedule)).toBeNull();
        if (checkpointDue(progress, schedule)) events.push(['save', step]);
      }
      const expected = golden.events.filter(([name]) => ['update', 'test', 'save'].includes(name));
      expect(events).toEqual(expected.map(([name, step]) => [name, step]));
      expect(lossesLoggedAt).toEqual(golden.train_loss_logged_at);
    });
  },
);

test('the best evaluation is the first with the highest recall, and never the untrained network', () => {
  const trained = withLoss(withEvaluation(initialProgress, summary(0, 0.9)), 1, 5);
  const recalls = [0.3, 0.5, 0.5, 0.4];
  const end = recalls.reduce((progress, recall, i) => withEvaluation(progress, summary(10 * (i + 1), recall)), trained);
  expect(end.best?.step).toBe(20);
  expect(end.last?.step).toBe(40);
  expect(end.untrained?.step).toBe(0);
});

test('the window of train_loss holds the last losses only', () => {
  const losses = [5, 1, 2, 3];
  const progress = losses.reduce((before, loss) => withLoss(before, loss, 3), initialProgress);
  expect(progress.recentLosses).toEqual([1, 2, 3]);
  expect(logWindow(3, 10).pointsAfter(3, progress, 0)[0]).toEqual({ name: 'train_loss', step: 3, value: 2 });
});

test('a loss that is not finite ends the run and names its step', () => {
  const config = smallConfig('triplet');
  const batch = { step: 17, pixels: new Uint8Array(24 * 24 * 3), labels: Int32Array.of(0) };
  const broken = { run: () => ({ loss_total: Number.NaN }) } as unknown as Parameters<typeof updateOnce>[0];
  expect(() => updateOnce(broken, batch, config)).toThrow(
    expect.objectContaining({ code: 'non_finite_loss', retryable: false, message: 'the loss is NaN at step 17' }),
  );
});
