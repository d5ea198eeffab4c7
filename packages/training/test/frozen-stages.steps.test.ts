import { createNetwork, initialState, type NetworkOptions } from '@spherelab/models';
import { describe, expect, it } from 'vitest';
import { lossSettings } from '../../../test/loss-settings.ts';
import { adam } from '../src/optimizers/adam.ts';
import { stepVariables } from '../src/step-variables.ts';
import type { TrainStepOptions } from '../src/train-step.ts';
import { stepMakers } from './step-makers.ts';

const model: NetworkOptions = {
  backbone: 'efficientnet_lite0',
  imageSize: 32,
  embeddingDim: 8,
  needBn: true,
  freezeBn: false,
  freezeStages: 8,
};
const network = createNetwork(model);
const options: TrainStepOptions = {
  network,
  loss: lossSettings.triplet,
  instances: 3,
  secWei: 0,
  l2regWei: 0,
  normMomentum: 1,
  secRampSteps: null,
  optimizer: { name: 'adam' },
  weightDecay: 1e-3,
  freezeBn: false,
};

describe.each(stepMakers)('the $kind step', ({ make }) => {
  it('changes nothing of a frozen stage, whatever freeze_bn says, and everything else', () => {
    const step = make(options, 9, 'uint8');
    const weights = initialState(network, 2);
    step.writeState(new Map([...step.readState()].map(([key, values]) => [key, weights.get(key) ?? values])));
    const input = Uint8Array.from({ length: 9 * 32 * 32 * 3 }, (_, i) => 127 + 127 * Math.sin(i * i));
    const labels = Int32Array.from([0, 0, 0, 1, 1, 1, 2, 2, 2]);
    step.run({ input, labels }, { step: 0, lr: 1e-3, lrP: 1e-3, lrProxies: 0 });
    const state = step.readState();
    step.dispose();
    const isSame = (name: string) =>
      (state.get(name) as Float32Array).every((value, i) => Object.is(value, weights.get(name)?.[i]));
    const unchanged = network.specs.filter(({ name }) => isSame(name)).map(({ name }) => name);
    expect(unchanged).toEqual(network.specs.filter(({ group }) => group === 'frozen').map(({ name }) => name));
  });
});

it('a frozen parameter has no moments in the state', () => {
  const keys = stepVariables(network, false, adam).map(({ key }) => key);
  expect(keys).toContain('_blocks.0._depthwise_conv.weight');
  expect(keys.filter((key) => key.startsWith('adam.m.'))).toEqual(
    [
      '_conv_head.weight',
      '_bn1.weight',
      '_bn1.bias',
      'head.bn.weight',
      'head.bn.bias',
      'head.fc.weight',
      'head.fc.bias',
    ].map((name) => `adam.m.${name}`),
  );
});
