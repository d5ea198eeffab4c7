import { type LossName, paperLossNames } from '@spherelab/catalogue';
import { tf } from '@spherelab/tensorflow';
import { expect, test } from 'vitest';
import type { TrainingResult } from '../src/training-events.ts';
import { checkpointsOf, observeRun, pointsOf, smallConfig, withFolder } from './observed-run.ts';

function resultOf({ outcome }: Awaited<ReturnType<typeof observeRun>>): TrainingResult {
  if (outcome.outcome !== 'finished') throw new Error('the run did not finish');
  return outcome.result;
}

/** Throws out of the run like a process that is gone, once this many updates are reported. */
function crashAfter(updates: number): { emit: (event: { type: string; step?: number }) => void } {
  return {
    emit: (event) => {
      if (event.type === 'checkpoint' && (event.step ?? 0) > updates) throw new Error('killed');
    },
  };
}

type Variant = { readonly name: string; readonly loss: LossName; readonly overrides: Record<string, unknown> };

const variants: readonly Variant[] = [
  ...paperLossNames.map((loss) => ({ name: loss, loss, overrides: {} })),
  { name: 'proxy_anchor and its learned vectors', loss: 'proxy_anchor', overrides: { lr_proxies: 0.05 } },
  { name: 'triplet under SGD', loss: 'triplet', overrides: { optimizer: 'sgd', momentum: 0.8 } },
  { name: 'triplet and a ramp of SEC', loss: 'triplet', overrides: { sec_ramp: true } },
  { name: 'triplet and frozen stages', loss: 'triplet', overrides: { freeze_stages: 2 } },
  { name: 'triplet and its head alone', loss: 'triplet', overrides: { freeze_stages: 4 } },
];

test.each(variants)(
  'a run with $name that is killed and resumed equals one that was not',
  async ({ loss, overrides }) => {
    const config = smallConfig(loss, overrides);
    await withFolder(async (folder) => {
      const whole = await observeRun(config, `${folder}/whole`);
      const events: Parameters<typeof pointsOf>[0][number][] = [];
      const crash = crashAfter(4);
      const killed = observeRun(config, `${folder}/parts`, {
        emit: (event) => {
          crash.emit(event);
          events.push(event);
        },
      });
      await expect(killed).rejects.toThrow('killed');
      const latest = checkpointsOf(events).findLast(({ kind }) => kind === 'latest');
      expect(latest?.step).toBe(4);
      const resumed = await observeRun(config, `${folder}/parts`, { resumeFrom: latest?.file as string });
      expect(resumed.events.find(({ type }) => type === 'started')).toMatchObject({
        type: 'started',
        resumedFromStep: 4,
      });
      expect(resultOf(resumed)).toEqual(resultOf(whole));
      expect(pointsOf([...events, ...resumed.events])).toEqual(pointsOf(whole.events));
    });
  },
);

test('a run that is paused at every step, in an evaluation too, equals one that was not', async () => {
  const config = smallConfig('triplet', { steps: 4, eval_every: 2, checkpoint_every: 100 });
  await withFolder(async (folder) => {
    const whole = await observeRun(config, `${folder}/whole`);
    const events = [];
    let resumeFrom: string | null = null;
    let pauses = 0;
    for (;;) {
      let polls = 0;
      // Polled once for each batch of an evaluation and once before each update: this stops somewhere else each time.
      const stop = (): 'pause' | null => {
        polls += 1;
        return polls > 30 + pauses * 15 ? 'pause' : null;
      };
      const part = await observeRun(config, `${folder}/parts`, { resumeFrom, stop });
      events.push(...part.events);
      if (part.outcome.outcome === 'finished') {
        expect(part.outcome.result).toEqual(resultOf(whole));
        break;
      }
      expect(part.outcome.reason).toBe('pause');
      resumeFrom = checkpointsOf(part.events).findLast(({ kind }) => kind === 'latest')?.file ?? resumeFrom;
      pauses += 1;
    }
    expect(pauses).toBeGreaterThan(1);
    expect(pointsOf(events)).toEqual(pointsOf(whole.events));
  });
});

test('a run frees every tensor, whether it ends or fails', async () => {
  const config = smallConfig('ms', { steps: 2 });
  await withFolder(async (folder) => {
    const before = tf.memory().numTensors;
    await observeRun(config, folder);
    expect(tf.memory().numTensors).toBe(before);
    const failing = observeRun(config, folder, { resumeFrom: import.meta.filename });
    await expect(failing).rejects.toMatchObject({ code: 'damaged_checkpoint', retryable: false });
    expect(tf.memory().numTensors).toBe(before);
  });
});
