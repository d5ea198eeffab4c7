import { lrAt } from '@spherelab/config';
import { recallAtK } from '@spherelab/evaluation';
import type { LossName } from '@spherelab/losses';
import type { Network } from '@spherelab/models';
import { tf } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { deviation, maxAbsDifference, readGolden, type TensorEntry } from '../../../test/golden-reader.ts';
import { lossSettings } from '../../../test/loss-settings.ts';
import type { StepScalars } from '../src/train-step.ts';
import { linear, spec } from './linear-layer.ts';
import { type MakeStep, stepMakers } from './step-makers.ts';

type Run = {
  readonly name: string;
  readonly config: {
    readonly use_loss: LossName;
    readonly instances: number;
    readonly lr: number;
    readonly lr_p: number;
    readonly lr_gamma: number;
    readonly weight_decay: number;
    readonly step_milestones: readonly number[];
    readonly sec_wei?: number;
    readonly l2reg_wei?: number;
    readonly norm_momentum?: number;
  };
  readonly order: number;
  readonly steps: readonly (StepScalars & { readonly step: number; readonly head_lr: number })[];
  readonly recall_final: readonly number[];
  readonly weights_after: Readonly<Record<string, { readonly weight: TensorEntry; readonly bias: TensorEntry }>>;
};
type Manifest = {
  readonly data: TensorEntry;
  readonly labels: TensorEntry;
  readonly initial: Readonly<Record<'head.fc.weight' | 'head.fc.bias', TensorEntry>>;
  readonly orders: Readonly<Record<string, TensorEntry>>;
  readonly runs: readonly Run[];
  readonly recall_initial: readonly number[];
};

const golden = readGolden<Manifest>('trajectory');
const { data, labels, initial, orders, runs } = golden.manifest;
const [, inputs = 0] = data.shape;
const weightShape = initial['head.fc.weight'].shape;

const network: Network = {
  name: 'linear',
  inputShape: [inputs],
  specs: [spec('head.fc.weight', weightShape, 'head'), spec('head.fc.bias', initial['head.fc.bias'].shape, 'head')],
  forward: (state, input) => {
    const embeddings = linear(state, 'head.fc', input);
    return { embeddings, pooled: embeddings, runningStatistics: new Map() };
  },
};

/** The K of `recall_initial` and `recall_final`: powers of two from 1. */
const ks = golden.manifest.recall_initial.map((_, i) => 2 ** i);

/** Recall of all rows, embedded by these weights: [embeddings, inputs] and [embeddings]. */
function recallOf(weight: Float32Array, bias: Float32Array): number[] {
  const embeddings = tf.tidy(() => {
    const rows = tf.tensor2d(golden.float32(data), [data.shape[0] as number, inputs]);
    const matrix = tf.tensor2d(weight, weightShape as [number, number]);
    return tf.add(tf.matMul(rows, matrix, false, true), tf.tensor1d(bias));
  });
  const values = embeddings.dataSync<'float32'>();
  embeddings.dispose();
  const recall = recallAtK({ embeddings: values, labels: golden.int32(labels), dim: bias.length }, null, ks);
  return ks.map((k) => recall[k] as number);
}

function expectRecall(actual: readonly number[], expected: readonly number[]): void {
  const oneSample = 1 / (data.shape[0] as number);
  actual.forEach((recall, i) => {
    expect(Math.abs(recall - (expected[i] as number)), `K = ${ks[i]}`).toBeLessThanOrEqual(oneSample + 1e-9);
  });
}

function train(
  make: MakeStep,
  run: Run,
  onStep: (scalars: StepScalars, lr: number, state: Map<string, Float32Array>) => void,
): void {
  const { config } = run;
  const rows = golden.float32(data);
  const classes = golden.int32(labels);
  const order = orders[run.order] as TensorEntry;
  const indices = golden.int32(order);
  const batch = order.shape[1] as number;
  const step = make(
    {
      network,
      loss: lossSettings[config.use_loss],
      instances: config.instances,
      secWei: config.sec_wei ?? 0,
      l2regWei: config.l2reg_wei ?? 0,
      normMomentum: config.norm_momentum ?? 1,
      secRampSteps: null,
      optimizer: { name: 'adam' },
      weightDecay: config.weight_decay,
      freezeBn: true,
    },
    batch,
  );
  const start = new Map(Object.entries(initial).map(([name, entry]) => [name, golden.float32(entry)]));
  step.writeState(new Map([...step.readState()].map(([key, values]) => [key, start.get(key) ?? values])));
  const schedule = { gamma: config.lr_gamma, milestones: config.step_milestones };
  for (let s = 0; s < run.steps.length; s++) {
    const picked = indices.subarray(s * batch, (s + 1) * batch);
    const input = Float32Array.from(
      { length: batch * inputs },
      (_, i) => rows[(picked[Math.floor(i / inputs)] as number) * inputs + (i % inputs)] as number,
    );
    const lr = lrAt(s, { lr: config.lr, ...schedule });
    const scalars = step.run(
      { input, labels: Int32Array.from(picked, (i) => classes[i] as number) },
      { step: s, lr, lrP: lrAt(s, { lr: config.lr_p, ...schedule }), lrProxies: 0 },
    );
    onStep(scalars, lr, step.readState());
  }
  step.dispose();
}

describe('training trajectories', () => {
  it('start from the recall of the reference', () => {
    const start = golden.manifest.initial;
    const weight = golden.float32(start['head.fc.weight']);
    expectRecall(recallOf(weight, golden.float32(start['head.fc.bias'])), golden.manifest.recall_initial);
  });
});

describe.each(stepMakers)('training trajectories of the $kind step', ({ make }) => {
  it.each(runs)('$name: losses, norms, learning rates and weights are those of the reference', (run) => {
    const before = tf.memory().numTensors;
    const wrong: string[] = [];
    let updates = 0;
    let last = new Map<string, Float32Array>();
    train(make, run, (scalars, lr, state) => {
      last = state;
      const expected = run.steps[updates++] as Run['steps'][number];
      for (const name of Object.keys(scalars) as (keyof StepScalars)[]) {
        const reason = deviation(scalars[name], expected[name], { relative: 5e-5, absolute: 1e-6 });
        if (reason !== null) wrong.push(`step ${expected.step} ${name}: ${reason}`);
      }
      if (lr !== expected.head_lr) wrong.push(`step ${expected.step}: lr ${lr}, expected ${expected.head_lr}`);
      const weights = run.weights_after[updates];
      if (weights === undefined) return;
      for (const part of ['weight', 'bias'] as const) {
        const off = maxAbsDifference(state.get(`head.fc.${part}`) as Float32Array, golden.float32(weights[part]));
        if (!(off <= 1e-5)) wrong.push(`${part} after ${updates} updates is off by ${off}`);
      }
    });
    expect(wrong).toEqual([]);
    expectRecall(
      recallOf(last.get('head.fc.weight') as Float32Array, last.get('head.fc.bias') as Float32Array),
      run.recall_final,
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
