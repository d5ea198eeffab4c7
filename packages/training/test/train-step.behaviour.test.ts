import { BatchCompositionError, type LossName } from '@spherelab/losses';
import type { Network } from '@spherelab/models';
import { tf } from '@spherelab/tensorflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maxAbsDifference } from '../../../test/golden-reader.ts';
import { lossSettings } from '../../../test/loss-settings.ts';
import type { StepScalars, TrainStep, TrainStepOptions } from '../src/train-step.ts';
import { batchNorm, linear, spec } from './linear-layer.ts';
import { type MakeStep, stepMakers } from './step-makers.ts';

const inputs = 5;
const network: Network = {
  name: 'tiny',
  inputShape: [inputs],
  specs: [
    spec('proj.weight', [6, inputs], 'backbone'),
    spec('proj.bias', [6], 'backbone'),
    spec('head.bn.weight', [6], 'head-bn'),
    spec('head.bn.bias', [6], 'head-bn'),
    spec('head.bn.running_mean', [6], 'head-bn', 'running-statistic'),
    spec('head.bn.running_var', [6], 'head-bn', 'running-statistic'),
    spec('head.fc.weight', [4, 6], 'head'),
    spec('head.fc.bias', [4], 'head'),
  ],
  forward: (state, input, training) => {
    const { output, changed } = batchNorm(state, 'head.bn', linear(state, 'proj', input), training);
    const embeddings = linear(state, 'head.fc', output);
    return { embeddings, pooled: embeddings, runningStatistics: new Map(changed) };
  },
};

function values(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(1 + 12.9898 * (i + 31 * seed)));
}

const classes = Int32Array.from([0, 0, 1, 1, 2, 2]);

function createdBy(make: MakeStep, loss: LossName, options: Partial<TrainStepOptions> = {}): TrainStep {
  const step = make(
    {
      network,
      loss: lossSettings[loss],
      instances: 2,
      secWei: 0.5,
      l2regWei: 0,
      normMomentum: 0.3,
      secRampSteps: null,
      optimizer: { name: 'adam' },
      weightDecay: 0.01,
      freezeBn: true,
      ...options,
    },
    classes.length,
  );
  const state = step.readState();
  const parameters = [...state.keys()].filter((key) => /\.(weight|bias)$/.test(key) && !key.startsWith('adam.'));
  for (const [i, key] of parameters.entries()) state.set(key, values(state.get(key)?.length ?? 0, i));
  state.get('head.bn.running_var')?.fill(1);
  step.writeState(state);
  return step;
}

const inputAt = (index: number): Float32Array => values(classes.length * inputs, 100 + index);
/** Every row the same: all cosines are 1, so multi-similarity skips every anchor. */
const oneRow = (): Float32Array => Float32Array.from({ length: classes.length * inputs }, (_, i) => 1 + (i % inputs));

function runAt(step: TrainStep, index: number, labels = classes, input = inputAt(index)): StepScalars {
  return step.run({ input, labels }, { step: index, lr: 0.01, lrP: 0.005, lrProxies: 0 });
}

let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'leaked tensors').toBe(tensorsBefore);
});

describe.each(stepMakers)('the $kind training step', ({ make }) => {
  const created = (loss: LossName, options: Partial<TrainStepOptions> = {}) => createdBy(make, loss, options);

  it.each(['triplet', 'semihtriplet', 'n-npair', 'ms'] as const)(
    'with %s resumes bit for bit from the state it read',
    (loss) => {
      const whole = created(loss);
      for (let i = 0; i < 3; i += 1) runAt(whole, i);
      const saved = whole.readState();
      const expected = [runAt(whole, 3), runAt(whole, 4)];
      const resumed = created(loss);
      resumed.writeState(saved);
      expect([runAt(resumed, 3), runAt(resumed, 4)]).toEqual(expected);
      expect(resumed.readState()).toEqual(whole.readState());
      expect([...resumed.readState().keys()]).toEqual([...whole.readState().keys()]);
      whole.dispose();
      resumed.dispose();
    },
  );

  it('holds as many tensors after many updates as after one', () => {
    const step = created('triplet');
    runAt(step, 0);
    const held = tf.memory().numTensors;
    for (let i = 1; i < 5; i += 1) runAt(step, i);
    expect(tf.memory().numTensors).toBe(held);
    step.dispose();
  });

  it('refuses a batch that the loss cannot take before anything is changed', () => {
    const step = created('triplet');
    const before = step.readState();
    expect(() => runAt(step, 0, Int32Array.from([0, 0, 0, 1, 1, 1]))).toThrow(BatchCompositionError);
    expect(step.readState()).toEqual(before);
    step.dispose();
  });

  it('takes the batch mean as the record at step 0, not at the first use: another first step fails', () => {
    const step = created('ms');
    const before = step.readState();
    expect(() => runAt(step, 2)).toThrow('step 2 cannot be the first');
    expect(step.readState()).toEqual(before);
    const first = runAt(step, 0);
    expect(first.record_norm_mean).toBe(first.norm_mean);
    const second = runAt(step, 1);
    expect(second.record_norm_mean).toBeCloseTo(0.7 * first.record_norm_mean + 0.3 * second.norm_mean, 5);
    step.dispose();
  });

  it('with multi-similarity skipping every anchor logs 0 and goes on: decay and momentum still apply', () => {
    const step = created('ms', { secWei: 0 });
    runAt(step, 0);
    const before = step.readState();
    const scalars = runAt(step, 1, classes, oneRow());
    expect(scalars).toMatchObject({ loss_total: 0, loss_metric: 0, avg_ap: 0, avg_an: 0 });
    const after = step.readState();
    const weight = before.get('head.fc.weight') as Float32Array;
    const moment = before.get('adam.m.head.fc.weight') as Float32Array;
    const expected = moment.map((m, i) => 0.9 * m + 0.1 * 0.01 * (weight[i] as number));
    expect(maxAbsDifference(after.get('adam.m.head.fc.weight') as Float32Array, expected)).toBeLessThan(1e-7);
    expect(after.get('head.fc.weight')).not.toEqual(weight);
    expect(after.get('updates')).toEqual(Float32Array.of(2));
    step.dispose();
  });

  it('decays weights and biases but no batch norm', () => {
    // A constant loss: the only gradient is that of the decay, whose first Adam update is lr times its sign.
    const step = created('ms', { secWei: 0 });
    const before = step.readState();
    runAt(step, 0, classes, oneRow());
    const after = step.readState();
    const moved = (key: string) => maxAbsDifference(after.get(key) as Float32Array, before.get(key) as Float32Array);
    expect(moved('head.bn.weight')).toBe(0);
    expect(moved('head.bn.bias')).toBe(0);
    for (const key of ['head.fc.weight', 'head.fc.bias']) expect(moved(key), key).toBeCloseTo(0.01, 4);
    for (const key of ['proj.weight', 'proj.bias']) expect(moved(key), key).toBeCloseTo(0.005, 4);
    step.dispose();
  });

  it('embeds in eval mode and changes nothing', () => {
    const step = created('triplet');
    runAt(step, 0);
    const before = step.readState();
    const input = inputAt(7);
    const all = step.embed(input);
    expect(all).toHaveLength(classes.length * 4);
    const others = inputAt(8);
    others.set(input.subarray(0, inputs));
    expect(maxAbsDifference(step.embed(others).slice(0, 4), all.slice(0, 4))).toBeLessThan(1e-6);
    expect(step.readState()).toEqual(before);
    step.dispose();
  });
});

describe.each(stepMakers)('a state that does not fit the $kind step is refused by key', ({ make }) => {
  const wrong: [string, (state: Map<string, Float32Array>) => void, string][] = [
    ['a missing key', (state) => state.delete('adam.v.proj.bias'), '"adam.v.proj.bias"'],
    ['another length', (state) => state.set('head.fc.bias', new Float32Array(3)), '"head.fc.bias" has 3 values'],
    ['an unknown key', (state) => state.set('head.fc.scale', new Float32Array(1)), '"head.fc.scale"'],
  ];
  it.each(wrong)('%s, and nothing changes', (_, change, message) => {
    const step = createdBy(make, 'ms');
    const before = step.readState();
    const changed = new Map(before);
    change(changed);
    expect(() => step.writeState(changed)).toThrow(message);
    expect(step.readState()).toEqual(before);
    step.dispose();
  });
});
