import { expect, test } from 'vitest';
import { progressWatch } from '../src/progress-watch.ts';

const limits = { stallTimeoutMs: 900_000, leastStepTimeoutMs: 60_000, stepTimeoutFactor: 30 };

function watched() {
  const clock = { ms: 0 };
  const watch = progressWatch(limits, () => clock.ms);
  const progress = (step: number, phase: 'training' | 'evaluating' = 'training') =>
    watch.heard({ type: 'progress', step, totalUpdates: 1_000, phase });
  /** Ten steps of `ms` each. */
  const train = (ms: number) => {
    for (let step = 1; step <= 10; step += 1) {
      clock.ms += ms;
      progress(step);
    }
  };
  const after = (ms: number) => {
    clock.ms += ms;
    return watch.verdict();
  };
  return { watch, progress, train, after };
}

test('a run of fast steps counts as stuck a minute after the last one, though its process still answers', () => {
  const { watch, train, after } = watched();
  train(20);
  expect(after(59_000)).toBeNull();
  watch.heard({ type: 'log', level: 'info', message: 'alive' });
  expect(after(2_000)).toMatch(/no step for 60000 ms after step 10; .* 20 ms/);
});

test('a run of slow steps is given many times its slowest one', () => {
  const { train, after } = watched();
  train(8_000);
  expect(after(200_000)).toBeNull();
  expect(after(41_000)).toMatch(/no step for 240000 ms/);
});

test('an evaluation may take as long as it ticks, and its time is no step time', () => {
  const { progress, train, after } = watched();
  train(20);
  progress(10, 'evaluating');
  for (let tick = 0; tick < 10; tick += 1) {
    expect(after(800_000)).toBeNull();
    progress(10, 'evaluating');
  }
  progress(10);
  expect(after(59_000)).toBeNull();
  expect(after(2_000)).toMatch(/no step for 60000 ms/);
});

test('silence is judged in every phase, and nothing is while the trainer waits for our writes', () => {
  const { watch, progress, after } = watched();
  progress(0, 'evaluating');
  expect(after(901_000)).toMatch(/no progress for 900000 ms/);
  watch.excuse();
  expect(after(899_000)).toBeNull();
});

test('the first steps, with the caches still cold, say nothing yet', () => {
  const { progress, after } = watched();
  progress(0);
  progress(1);
  expect(after(800_000)).toBeNull();
});
