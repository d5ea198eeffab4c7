import { describe, expect, it } from 'vitest';
import { countUpdates, lrAt } from '../src/lr-schedule.ts';

describe('the learning rate', () => {
  const schedule = { lr: 0.001, gamma: 0.1, milestones: [2, 2, 8] };

  it('already is the lower one for the update whose index is the milestone', () => {
    expect(lrAt(7, schedule)).toBe(0.001 * 0.1 * 0.1);
    expect(lrAt(8, schedule)).toBe(0.001 * 0.1 * 0.1 * 0.1);
  });

  it('falls twice at a milestone that is listed twice', () => {
    expect(lrAt(1, schedule)).toBe(0.001);
    expect(lrAt(2, schedule)).toBe(0.001 * 0.1 * 0.1);
  });
});

describe('the number of updates', () => {
  it.each([
    { steps: 10, batchesPerEpoch: 7, updates: 11 },
    { steps: 10, batchesPerEpoch: 5, updates: 10 },
    { steps: 10, batchesPerEpoch: 1, updates: 10 },
    { steps: 0, batchesPerEpoch: 4, updates: 1 },
    { steps: 8000, batchesPerEpoch: 48, updates: 8001 },
  ])('is $updates for steps $steps with $batchesPerEpoch batches an epoch', ({ steps, batchesPerEpoch, updates }) => {
    // The reference's loop, written out.
    let step = 0;
    let done = 0;
    do {
      for (let batch = 0; batch < batchesPerEpoch && step <= steps; batch += 1) {
        step += 1;
        done += 1;
      }
    } while (step < steps);
    expect(done).toBe(updates);
    expect(countUpdates({ steps, batchesPerEpoch })).toBe(updates);
  });
});
