import { lrAt } from '@spherelab/config';
import type { LossName } from '@spherelab/losses';
import type { Network } from '@spherelab/models';
import { tf } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { deviation, maxAbsDifference, readGolden, type TensorEntry } from '../../../test/golden-reader.ts';
import { lossSettings } from '../../../test/loss-settings.ts';
import { adamRates } from '../src/optimizers/adam.ts';
import type { StepScalars } from '../src/train-step.ts';
import { adamUpdate } from './adam-update.ts';
import { batchNorm, linear, spec } from './linear-layer.ts';
import { stepMakers } from './step-makers.ts';

type Step = StepScalars & {
  readonly step: number;
  readonly group_lr: readonly number[];
  readonly lr_logged: number;
  readonly state_after: Readonly<Record<string, TensorEntry>>;
};
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
    readonly freeze_bn: 0 | 1;
  };
  readonly order: TensorEntry;
  readonly param_groups: readonly (readonly string[])[];
  readonly steps: readonly Step[];
};
type Sequence = {
  readonly variant: string;
  readonly dtype: string;
  readonly lr: number;
  readonly weight_decay: number;
  readonly trajectory: TensorEntry;
};
type Manifest = {
  readonly data: TensorEntry;
  readonly labels: TensorEntry;
  readonly initial: Readonly<Record<string, TensorEntry>>;
  readonly runs: readonly Run[];
  readonly adam_only: {
    readonly initial: TensorEntry;
    readonly grads: TensorEntry;
    readonly sequences: readonly Sequence[];
  };
};

const golden = readGolden<Manifest>('optimizer');
const { data, labels, initial, runs, adam_only: adamOnly } = golden.manifest;
const inputs = data.shape[1] as number;

/** proj -> proj_bn -> ReLU -> head.bn -> head.fc, as golden/optimizer describes it. */
function tinyNetwork(freezeBn: boolean): Network {
  const isBatchNorm = (name: string) => name.includes('bn.');
  const specs = Object.entries(initial).map(([name, { shape }]) => {
    const place = name.startsWith('head.') ? 'head' : 'backbone';
    return spec(
      name,
      shape,
      isBatchNorm(name) ? `${place}-bn` : place,
      name.includes('running_') ? 'running-statistic' : 'parameter',
    );
  });
  return {
    name: 'tiny',
    inputShape: [inputs],
    specs,
    forward: (state, input, training) => {
      const first = batchNorm(state, 'proj_bn', linear(state, 'proj', input), training && !freezeBn);
      const second = batchNorm(state, 'head.bn', tf.relu(first.output), training);
      const embeddings = linear(state, 'head.fc', second.output);
      return {
        embeddings,
        pooled: embeddings,
        runningStatistics: new Map([...first.changed, ...second.changed]),
      };
    },
  };
}

describe.each(stepMakers)('the optimizer of the $kind step', ({ make }) => {
  it.each(runs)(
    '$name: every parameter and running statistic after every step is that of the reference',
    ({ config, order, param_groups: groups, steps }) => {
      const freezeBn = config.freeze_bn === 1;
      const step = make(
        {
          network: tinyNetwork(freezeBn),
          loss: lossSettings[config.use_loss],
          instances: config.instances,
          secWei: config.sec_wei ?? 0,
          l2regWei: config.l2reg_wei ?? 0,
          normMomentum: config.norm_momentum ?? 1,
          secRampSteps: null,
          optimizer: { name: 'adam' },
          weightDecay: config.weight_decay,
          freezeBn,
        },
        order.shape[1] as number,
      );
      const start = new Map(Object.entries(initial).map(([name, entry]) => [name, golden.float32(entry)]));
      step.writeState(new Map([...step.readState()].map(([key, values]) => [key, start.get(key) ?? values])));
      const moments = [...step.readState().keys()].filter((key) => key.startsWith('adam.m.'));
      expect(moments.map((key) => key.slice('adam.m.'.length)).sort()).toEqual(groups.flat().sort());
      const rows = golden.float32(data);
      const classes = golden.int32(labels);
      const indices = golden.int32(order);
      const batch = order.shape[1] as number;
      const schedule = { gamma: config.lr_gamma, milestones: config.step_milestones };
      const wrong: string[] = [];
      for (const expected of steps) {
        const picked = [...indices.subarray(expected.step * batch, (expected.step + 1) * batch)];
        const input = Float32Array.from(picked.flatMap((i) => [...rows.subarray(i * inputs, (i + 1) * inputs)]));
        const at = {
          step: expected.step,
          lr: lrAt(expected.step, { lr: config.lr, ...schedule }),
          lrP: lrAt(expected.step, { lr: config.lr_p, ...schedule }),
          lrProxies: 0,
        };
        const scalars = step.run({ input, labels: Int32Array.from(picked, (i) => classes[i] as number) }, at);
        expect([at.lrP, at.lrP, at.lr, at.lr]).toEqual(expected.group_lr);
        for (const name of Object.keys(scalars) as (keyof StepScalars)[]) {
          const reason = deviation(scalars[name], expected[name], { relative: 1e-5, absolute: 1e-6 });
          if (reason !== null) wrong.push(`step ${expected.step}: ${name} ${reason}`);
        }
        const state = step.readState();
        for (const [name, entry] of Object.entries(expected.state_after)) {
          const off = maxAbsDifference(state.get(name) as Float32Array, golden.float32(entry));
          if (!(off <= 1e-5)) wrong.push(`step ${expected.step}: ${name} is off by ${off}`);
        }
      }
      step.dispose();
      expect(wrong).toEqual([]);
    },
  );
});

describe('Adam alone', () => {
  const torch = adamOnly.sequences.filter(({ variant }) => variant.startsWith('torch-2'));
  it.each(torch)(
    'follows $variant ($dtype, weight decay $weight_decay), tiny and zero gradients included',
    (sequence) => {
      const [steps = 0, size = 0] = adamOnly.grads.shape;
      const gradients = golden.float32(adamOnly.grads);
      const expected =
        sequence.dtype === 'float64' ? golden.float64(sequence.trajectory) : golden.float32(sequence.trajectory);
      let parameter = tf.tensor(golden.float32(adamOnly.initial));
      let moments = { m: tf.zeros([size]), v: tf.zeros([size]) };
      for (let t = 1; t <= steps; t++) {
        const gradient = tf.tensor(gradients.slice((t - 1) * size, t * size));
        const { parameter: next, ...rest } = adamUpdate(
          parameter,
          gradient,
          moments,
          sequence.weight_decay,
          adamRates(sequence.lr, t),
        );
        [parameter, moments] = [next, rest];
        expect(maxAbsDifference(parameter.dataSync(), expected.slice((t - 1) * size, t * size))).toBeLessThanOrEqual(
          1e-5,
        );
      }
    },
  );
});
