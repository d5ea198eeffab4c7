import { countUpdates, lrAt } from '@spherelab/config';
import { describe, expect, it } from 'vitest';
import { readGolden } from '../../../test/golden-reader.ts';
import { checkpointDue, evaluationDue, initialProgress, withLoss } from '../src/run-progress.ts';

type Case = {
  readonly batches_per_epoch: number;
  readonly steps: number;
  readonly start_step: number;
  readonly milestones: readonly number[];
  readonly gamma: number;
  readonly lr: number;
  readonly lr_p: number;
  readonly evaluate_every: number;
  readonly save_every: number;
  readonly updates_executed: number;
  readonly error: string | null;
  readonly events: readonly (readonly (string | number)[])[];
};

// A start in mid-run is what a checkpoint is for: the reference's own start_step fails at its first step.
const cases = readGolden<unknown>('optimizer')
  .json<{ readonly cases: readonly Case[] }>('train-loop.json')
  .cases.filter((one) => one.error === null);

/** The events of our loop, written as the reference's; our own evaluation after the last update is left out. */
function eventsOf(one: Case): (string | number)[][] {
  const totalUpdates = countUpdates({ steps: one.steps, batchesPerEpoch: one.batches_per_epoch });
  const schedule = { evalEvery: one.evaluate_every, checkpointEvery: one.save_every, totalUpdates };
  const rates = { gamma: one.gamma, milestones: one.milestones };
  const events: (string | number)[][] = [];
  let progress = initialProgress;
  for (let step = 0; step < totalUpdates; step++) {
    for (const _ of one.milestones.filter((milestone) => milestone === step)) events.push(['schedule_lr', step]);
    events.push(['update', step, lrAt(step, { lr: one.lr_p, ...rates }), lrAt(step, { lr: one.lr, ...rates })]);
    progress = withLoss(progress, 0, 20);
    const evaluated = evaluationDue(progress, schedule);
    const isReferences = evaluated !== null && evaluated % one.evaluate_every === 0;
    if (isReferences) events.push(['test', evaluated], ['validate', evaluated]);
    if (checkpointDue(progress, schedule)) events.push(['save', step]);
  }
  events.push(['save_final', totalUpdates]);
  return events;
}

describe('the order of events', () => {
  it.each(cases)('with $batches_per_epoch batches an epoch and steps $steps is that of the reference', (one) => {
    expect(countUpdates({ steps: one.steps, batchesPerEpoch: one.batches_per_epoch })).toBe(one.updates_executed);
    expect(eventsOf(one)).toEqual(one.events);
  });
});
