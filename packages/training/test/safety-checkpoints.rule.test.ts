import { describe, expect, test } from 'vitest';
import { safetyCheckpoints } from '../src/safety-checkpoints.ts';
import type { TrainingEvent } from '../src/training-events.ts';
import { checkpointsOf, observeRun, pointsOf, smallConfig, withFolder } from './observed-run.ts';

function withClock(stateBytes: number) {
  let now = 1_000;
  const safety = safetyCheckpoints(stateBytes, () => now);
  const pass = (ms: number): void => {
    now += ms;
  };
  const save = (costMs: number, isResumable = true): void => {
    const saved = safety.beginSave();
    pass(costMs);
    saved(isResumable);
  };
  /** Lets time pass until one is due. @returns seconds, to the half */
  const dueAfterS = (): number => {
    for (let passed = 0; passed < 1_000; passed += 0.5) {
      if (safety.isDue()) return passed;
      pass(500);
    }
    return Number.POSITIVE_INFINITY;
  };
  return { safety, pass, save, dueAfterS };
}

describe('a checkpoint is due by time', () => {
  test('five seconds after the start, and then each minute', () => {
    const { save, dueAfterS } = withClock(2_000_000);
    const waits = [1, 2, 3].map(() => {
      const wait = dueAfterS();
      save(20);
      return wait;
    });
    expect(waits).toEqual([5, 60, 60]);
  });

  test('not before fifty times the cost of the newest save has passed', () => {
    const { save, dueAfterS } = withClock(2_000_000);
    save(3_000);
    expect(dueAfterS()).toBe(150);
    save(10);
    expect(dueAfterS()).toBe(60);
  });

  test('by the size of the state as long as no save was measured', () => {
    expect(withClock(50_000_000).dueAfterS()).toBe(25);
    expect(withClock(500_000_000).dueAfterS()).toBe(250);
  });

  test('no later for a `best` one, which no run goes on from, but by its cost', () => {
    const { pass, save, dueAfterS } = withClock(2_000_000);
    pass(3_000);
    save(500, false);
    expect(dueAfterS()).toBe(21.5);
  });

  test('a minute after one that found no room', () => {
    const { safety, dueAfterS } = withClock(2_000_000);
    expect(dueAfterS()).toBe(5);
    safety.giveUp();
    expect(dueAfterS()).toBe(60);
  });
});

describe('a run', () => {
  const config = smallConfig('triplet', { checkpoint_every: 1_000 });
  /** A clock that is a minute further with each event of the run, and stands still while a checkpoint is written. */
  const minutePerEvent = () => {
    let minutes = 0;
    const emit = (): void => {
      minutes += 1;
    };
    return { emit, nowMs: () => minutes * 60_000 };
  };
  const steps = (events: readonly TrainingEvent[]) =>
    checkpointsOf(events)
      .filter(({ kind }) => kind === 'latest')
      .map(({ step }) => step);

  test('saves by time whatever checkpoint_every says, with the numbers and weights of one that does not', async () => {
    await withFolder(async (folder) => {
      const plain = await observeRun(config, `${folder}/plain`);
      const safe = await observeRun(config, `${folder}/safe`, minutePerEvent());
      expect(steps(plain.events)).toEqual([]);
      expect(steps(safe.events).length).toBeGreaterThan(2);
      expect(safe.outcome).toEqual(plain.outcome);
      expect(pointsOf(safe.events)).toEqual(pointsOf(plain.events));
      const saved = checkpointsOf(safe.events).filter(({ kind }) => kind === 'latest');
      expect(saved[0]?.step).toBe(0); // after the evaluation of the untrained network, which is not made again
      for (const { file, step } of [saved[0], saved.at(-1)].filter((one) => one !== undefined)) {
        const resumed = await observeRun(config, `${folder}/resumed-${step}`, { resumeFrom: file });
        expect(resumed.outcome).toEqual(plain.outcome);
        expect(pointsOf(resumed.events).has('recall_at_1@0')).toBe(false);
      }
    });
  });

  test('makes no `latest` checkpoint while the one before is still being stored, be it due by its step', async () => {
    await withFolder(async (folder) => {
      const often = smallConfig('triplet', { checkpoint_every: 2 });
      const away = await observeRun(often, folder, {
        ...minutePerEvent(),
        checkpointUnderWay: () => true,
      });
      expect(steps(away.events)).toEqual([]);
      expect(away.outcome.outcome).toBe('finished');
    });
  });
});
