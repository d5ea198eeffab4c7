import { type LossName, lossNames, lossRecord, paperLossNames } from '@spherelab/catalogue';
import { createNetwork, initialState, type NetworkOptions } from '@spherelab/models';
import { tf } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { lossSettings } from '../../../test/loss-settings.ts';
import { recordStep } from '../src/record-step.ts';
import { graphRecipe } from '../src/step-recipe.ts';
import type { TrainStep, TrainStepOptions } from '../src/train-step.ts';
import { createEagerStep } from './eager-step.ts';
import { compiledStep } from './step-makers.ts';

const small: NetworkOptions = { backbone: 'conv_small', imageSize: 16, embeddingDim: 8, needBn: true, freezeBn: true };
const inception: NetworkOptions = { ...small, backbone: 'bn_inception', imageSize: 32 };

type Setting = Pick<TrainStepOptions, 'secWei' | 'l2regWei' | 'normMomentum' | 'secRampSteps' | 'optimizer'>;

const plain: Setting = { secWei: 0, l2regWei: 0, normMomentum: 1, secRampSteps: null, optimizer: { name: 'adam' } };
const settings: readonly (Setting & { readonly name: string })[] = [
  { name: 'plain', ...plain },
  { name: 'SEC', ...plain, secWei: 0.5 },
  { name: 'SEC with EMA', ...plain, secWei: 0.5, normMomentum: 0.1 },
  { name: 'L2-reg', ...plain, l2regWei: 0.01 },
  { name: 'SEC, ramped', ...plain, secWei: 0.5, secRampSteps: 2 },
  { name: 'SEC under SGD', ...plain, secWei: 0.5, optimizer: { name: 'sgd', momentum: 0.9 } },
];

function optionsOf(model: NetworkOptions, loss: LossName, setting: Setting): TrainStepOptions {
  return {
    network: createNetwork(lossRecord(loss).proxies ? { ...model, proxies: 16 } : model),
    loss: lossSettings[loss],
    instances: lossRecord(loss).instances.value,
    ...setting,
    weightDecay: 1e-3,
    freezeBn: model.freezeBn,
  };
}

function started(step: TrainStep, { network }: TrainStepOptions): TrainStep {
  const weights = initialState(network, 3);
  step.writeState(new Map([...step.readState()].map(([key, values]) => [key, weights.get(key) ?? values])));
  return step;
}

function batchOf({ network, instances }: TrainStepOptions, classes: number, seed: number) {
  const labels = Int32Array.from({ length: classes * instances }, (_, row) => Math.floor(row / instances) + seed);
  const size = network.inputShape.reduce((product, one) => product * one, labels.length);
  return { input: Uint8Array.from({ length: size }, (_, i) => 127 + 127 * Math.sin(i * i + 7 * seed)), labels };
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** Euclidean length of the difference over that of the first, by key of the state. */
function relativeDifferences(a: ReadonlyMap<string, Float32Array>, b: ReadonlyMap<string, Float32Array>) {
  return [...a].map(([key, values]) => {
    const other = b.get(key) as Float32Array;
    return { key, off: lengthOf(values.map((value, i) => value - (other[i] as number))) / (lengthOf(values) || 1) };
  });
}

const cells = lossNames.flatMap((loss) =>
  // The settings are the same code whatever the loss.
  (paperLossNames.includes(loss) ? settings : settings.slice(0, 2)).map((setting) => ({
    loss,
    setting,
    name: `${loss}, ${setting.name}`,
  })),
);

describe('the compiled step equals the eager one', () => {
  it.each(cells)('on conv_small: $name', ({ loss, setting }) => {
    const options = optionsOf(small, loss, setting);
    const first = batchOf(options, 4, 0);
    const compiled = started(compiledStep(options, first.labels.length, 'uint8'), options);
    const eager = started(createEagerStep(options), options);
    const images = batchOf(options, 4, 9).input;
    const [rows, expected] = [compiled.embed(images), eager.embed(images)];
    expect(relativeDifferences(new Map([['rows', expected]]), new Map([['rows', rows]]))[0]?.off).toBeLessThan(1e-5);
    const stateDifferences = () => relativeDifferences(eager.readState(), compiled.readState());
    for (let step = 0; step < 3; step += 1) {
      const batch = batchOf(options, 4, step);
      const at = { step, lr: 1e-3, lrP: 5e-4, lrProxies: 1e-2 };
      const [ours, theirs] = [compiled.run(batch, at), eager.run(batch, at)];
      for (const [name, value] of Object.entries(theirs)) {
        expect(Math.abs((ours[name as keyof typeof ours] as number) - value), name).toBeLessThan(
          // After an update a rounding may have turned a ReLU over.
          (step === 0 ? 1e-5 : 1e-3) * Math.abs(value) + 1e-5,
        );
      }
      if (step === 0) expect(stateDifferences().filter(({ off }) => !(off < 1e-3))).toEqual([]);
    }
    expect(stateDifferences().filter(({ off }) => !(off < 0.1))).toEqual([]);
    compiled.dispose();
    eager.dispose();
  });

  it.each([true, false])('on bn_inception with freeze_bn=%s', (freezeBn) => {
    const options = optionsOf({ ...inception, freezeBn }, 'triplet', settings[1] as Setting);
    const batch = batchOf(options, 3, 0);
    const compiled = started(compiledStep(options, batch.labels.length, 'uint8'), options);
    const eager = started(createEagerStep(options), options);
    const at = { step: 0, lr: 1e-4, lrP: 1e-4, lrProxies: 0 };
    const [ours, theirs] = [compiled.run(batch, at), eager.run(batch, at)];
    expect(Math.abs(ours.loss_total - theirs.loss_total)).toBeLessThan(1e-5 * Math.abs(theirs.loss_total));
    // Moments, not parameters: Adam's first update is the sign of a gradient, which rounding decides where it is near 0.
    const moments = relativeDifferences(eager.readState(), compiled.readState()).filter(
      ({ key }) => key.startsWith('adam.m') && !(key.endsWith('.bias') && !freezeBn),
    );
    expect(moments.filter(({ off }) => !(off < 5e-2))).toEqual([]);
    compiled.dispose();
    eager.dispose();
  });
});

describe('a recorded step', () => {
  const options = optionsOf(small, 'semihtriplet', settings[2] as Setting);

  it('is the same bytes every time', () => {
    const signature = { batchSize: 12, inputType: 'uint8' } as const;
    expect(Buffer.from(recordStep(options, signature)).equals(Buffer.from(recordStep(options, signature)))).toBe(true);
  });

  it('is one for all weights that are fed; a weight of 0 has its own, for its term is absent', () => {
    const signature = { batchSize: 12, inputType: 'uint8' } as const;
    const model = { ...small };
    const bytesOf = (more: Partial<TrainStepOptions>) => {
      const { network: _, ...step } = { ...options, l2regWei: 0.01, ...more };
      const { step: fed } = graphRecipe({ model, step, signature });
      const [own, shared] = [step, fed].map((one) => recordStep({ ...one, network: options.network }, signature));
      expect(Buffer.from(own as Uint8Array).equals(Buffer.from(shared as Uint8Array))).toBe(true);
      return Buffer.from(own as Uint8Array);
    };
    const one = bytesOf({});
    const fed = { secWei: 2, l2regWei: 0.5, weightDecay: 0.1, normMomentum: 0.9, secRampSteps: 7 };
    expect(bytesOf(fed).equals(one)).toBe(true);
    for (const weight of ['secWei', 'l2regWei', 'weightDecay']) {
      expect(bytesOf({ [weight]: 0 }).equals(one), weight).toBe(false);
    }
  });

  it('gives the same bits every time', () => {
    const runs = [0, 1].map(() => {
      const step = started(compiledStep(options, 12, 'uint8'), options);
      for (let i = 0; i < 3; i += 1) step.run(batchOf(options, 4, i), { step: i, lr: 1e-3, lrP: 1e-3, lrProxies: 0 });
      const state = step.readState();
      step.dispose();
      return state;
    });
    expect(runs[1]).toEqual(runs[0]);
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    recordStep(options, { batchSize: 12, inputType: 'uint8' });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses inputs of another type', () => {
    const step = compiledStep(options, 12, 'uint8');
    const input = new Float32Array(12 * 16 * 16 * 3);
    const { labels } = batchOf(options, 4, 0);
    expect(() => step.run({ input, labels }, { step: 0, lr: 1e-3, lrP: 1e-3, lrProxies: 0 })).toThrow('uint8');
    step.dispose();
  });
});
