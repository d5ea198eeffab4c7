import { readFileSync } from 'node:fs';
import path from 'node:path';
import { encodeTorchFile, readTorchFile, type StateTensor, TorchFileError } from '@spherelab/weight-files';
import { describe, expect, test } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { createNetwork } from '../src/create-network.ts';
import { exportStateDict } from '../src/export-state-dict.ts';
import { importStateDict } from '../src/import-state-dict.ts';
import { initialState } from '../src/initial-state.ts';
import type { Network, TensorSpec } from '../src/network.ts';

/** Keys, shapes and order of a torch model with a convolution, a BatchNorm of the backbone, and the head. */
const specs: readonly TensorSpec[] = [
  { name: 'conv1.weight', shape: [2, 3, 4, 5], role: 'parameter', group: 'backbone', init: 'zeros' },
  { name: 'conv1.bias', shape: [5], role: 'parameter', group: 'backbone', init: 'zeros' },
  { name: 'conv1_bn.weight', shape: [5], role: 'parameter', group: 'backbone-bn', init: 'ones' },
  { name: 'conv1_bn.running_var', shape: [5], role: 'running-statistic', group: 'backbone-bn', init: 'ones' },
  { name: 'head.bn.running_var', shape: [5], role: 'running-statistic', group: 'head-bn', init: 'ones' },
  { name: 'head.fc.weight', shape: [7, 5], role: 'parameter', group: 'head', init: 'zeros' },
];
const toy: Network = {
  name: 'toy',
  inputShape: [8, 8, 3],
  specs,
  forward: () => {
    throw new Error('not run here');
  },
};

/** Every value names its place: for HWIO [h, w, i, o] the number h w i o in decimal digits. */
const conv = new Float32Array(2 * 3 * 4 * 5);
for (let h = 0, at = 0; h < 2; h += 1)
  for (let w = 0; w < 3; w += 1)
    for (let i = 0; i < 4; i += 1) for (let o = 0; o < 5; o += 1, at += 1) conv[at] = h * 1000 + w * 100 + i * 10 + o;

const state = new Map<string, Float32Array>(
  specs.map(({ name, shape }, index) => [
    name,
    name === 'conv1.weight' ? conv : new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(index),
  ]),
);

/** Names of tensors that are not the same bytes in both. */
function differing(a: ReadonlyMap<string, Float32Array>, b: ReadonlyMap<string, Float32Array>): string[] {
  const bytesOf = (values?: Float32Array) => Buffer.from(values?.slice().buffer ?? []);
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => !bytesOf(a.get(name)).equals(bytesOf(b.get(name))));
}

const fileOf = (tensors: readonly StateTensor[]) => readTorchFile(encodeTorchFile(tensors));
const renamed = (tensors: readonly StateTensor[], rename: (name: string) => string) =>
  tensors.map((tensor) => ({ ...tensor, name: rename(tensor.name) }));

describe('exporting a state', () => {
  const exported = exportStateDict(toy, state, { 'head-bn': 12 });

  test("gives torch's order, with a counter behind each running_var", () => {
    expect(exported.map(({ name, shape }) => `${name} [${shape}]`)).toEqual([
      'conv1.weight [5,4,2,3]',
      'conv1.bias [5]',
      'conv1_bn.weight [5]',
      'conv1_bn.running_var [5]',
      'conv1_bn.num_batches_tracked []',
      'head.bn.running_var [5]',
      'head.bn.num_batches_tracked []',
      'head.fc.weight [7,5]',
    ]);
    expect([exported[4]?.values, exported[6]?.values]).toEqual([BigInt64Array.of(0n), BigInt64Array.of(12n)]);
  });

  test('turns convolution weights to [out, in, height, width]', () => {
    const values = exported[0]?.values as Float32Array;
    const at = (o: number, i: number, h: number, w: number) => values[((o * 4 + i) * 2 + h) * 3 + w];
    expect([at(0, 0, 0, 0), at(4, 3, 1, 2), at(2, 1, 0, 2)]).toEqual([0, 1234, 212]);
  });

  test('refuses a state that lacks a tensor', () => {
    expect(() => exportStateDict(toy, new Map())).toThrow('the state has no values of conv1.weight, 120 are wanted');
  });
});

describe('importing a file', () => {
  const exported = exportStateDict(toy, state);

  test('of our own export gives the same state', () => {
    const imported = importStateDict(toy, fileOf(exported));
    expect(imported.state).toEqual(state);
    expect(imported).toMatchObject({ matched: specs.map(({ name }) => name), missing: [], unused: [] });
  });

  test.each(['module.', '_orig_mod.', 'module._orig_mod.', 'state_dict.module.'])('takes %s off the keys', (prefix) => {
    const imported = importStateDict(toy, fileOf(renamed(exported, (name) => `${prefix}${name}`)));
    expect(imported.state).toEqual(state);
    expect(imported.unused).toEqual([]);
  });

  test.each(['model.', 'net.backbone.', 'state_dict.model.', 'module.encoder.'])(
    'takes %s off the keys, under which all of the network stands, whatever stands beside it',
    (prefix) => {
      const beside: StateTensor = { name: 'classifier.weight', shape: [2, 5], values: new Float32Array(10) };
      const imported = importStateDict(toy, fileOf([...renamed(exported, (name) => `${prefix}${name}`), beside]));
      expect(imported.state).toEqual(state);
      expect(imported.unused).toEqual(['classifier.weight']);
    },
  );

  test('takes the weights under no prefix before a copy of them, and of two copies none, with the line that saves one', () => {
    const under = (prefix: string) => renamed(exported, (name) => `${prefix}${name}`);
    expect(importStateDict(toy, fileOf([...exported, ...under('ema.')])).state).toEqual(state);
    const twice = () => importStateDict(toy, fileOf([...under('student.'), ...under('teacher.')]));
    expect(twice).toThrow('the network twice, under student. and teacher.');
    expect(twice).toThrow('k.startswith("student.")');
  });

  test('leaves out what the file lacks and ignores what the network lacks: the head stays random', () => {
    const pretrained: StateTensor[] = [
      ...exported.filter(({ name }) => name.startsWith('conv1')),
      { name: 'last_linear.weight', shape: [2, 5], values: new Float32Array(10) },
    ];
    const imported = importStateDict(toy, fileOf(pretrained));
    expect(imported.missing).toEqual(['head.bn.running_var', 'head.fc.weight']);
    expect([...imported.state.keys()]).toEqual(imported.matched);
    expect(imported.matched).toHaveLength(4);
    expect(imported.unused).toEqual(['last_linear.weight']);
  });

  test('takes [1, channels] for the vectors of a BatchNorm, and for nothing else', () => {
    const flat = (names: readonly string[]) =>
      fileOf(exported.map((tensor) => (names.includes(tensor.name) ? { ...tensor, shape: [1, 5] } : tensor)));
    expect(importStateDict(toy, flat(['conv1_bn.weight', 'head.bn.running_var'])).state).toEqual(state);
    expect(() => importStateDict(toy, flat(['conv1.bias']))).toThrow(
      'conv1.bias has shape [1,5] in the file, [5] is wanted',
    );
  });

  test('names key and both shapes, as torch has them, where they differ', () => {
    const other = exported.map((tensor) =>
      tensor.name === 'conv1.weight' ? { ...tensor, shape: [5, 4, 3, 2] } : tensor,
    );
    const attempt = () => importStateDict(toy, fileOf(renamed(other, (name) => `module.${name}`)));
    expect(attempt).toThrow(TorchFileError);
    expect(attempt).toThrow('module.conv1.weight has shape [5,4,3,2] in the file, [5,4,2,3] is wanted');
  });

  test('refuses a file without a tensor of the backbone, and whole numbers for weights', () => {
    const head = exported.filter(({ name }) => name.startsWith('head'));
    expect(() => importStateDict(toy, fileOf(head))).toThrow('no tensor of the backbone of toy');
    const otherHead = head.map((tensor) => (tensor.name.endsWith('fc.weight') ? { ...tensor, shape: [5, 7] } : tensor));
    expect(() => importStateDict(toy, fileOf(otherHead))).toThrow('no tensor of the backbone of toy');
    expect(() => importStateDict(toy, fileOf([]))).toThrow('it holds nothing');
    const integers: StateTensor = { name: 'conv1.bias', shape: [5], values: new BigInt64Array(5) };
    expect(() => importStateDict(toy, fileOf([integers]))).toThrow('conv1.bias: a tensor of int64');
    const both = [...exported, ...renamed(exported.slice(0, 1), (name) => `module.${name}`)];
    expect(() => importStateDict(toy, fileOf(both))).toThrow('the same tensor under two prefixes');
  });

  test.each(['conv_small', 'efficientnet_lite0'])('%s goes there and back', (backbone) => {
    const network = createNetwork({ backbone, imageSize: 32, embeddingDim: 16, needBn: true, freezeBn: true });
    const values = initialState(network, 5);
    expect(differing(importStateDict(network, fileOf(exportStateDict(network, values))).state, values)).toEqual([]);
  });

  test('a depthwise filter is [channels, 1, height, width] in the file', () => {
    const name = '_blocks.3._depthwise_conv.weight';
    const options = { backbone: 'efficientnet_lite0', imageSize: 32, embeddingDim: 16, needBn: true, freezeBn: true };
    const network = createNetwork(options);
    const values = initialState(network, 5);
    const tensor = exportStateDict(network, values).find((one) => one.name === name);
    expect(tensor?.shape).toEqual([144, 1, 5, 5]);
    const own = values.get(name) as Float32Array;
    const turned = Array.from({ length: own.length }, (_, i) => own[(i % 25) * 144 + Math.floor(i / 25)]);
    expect(Array.from((tensor?.values ?? []) as Float32Array)).toEqual(turned);
  });

  test('takes [1, channels] for the vectors of a frozen BatchNorm too', () => {
    const options = { backbone: 'bn_inception', imageSize: 32, embeddingDim: 16, needBn: true, freezeBn: true };
    const network = createNetwork({ ...options, freezeStages: 2 });
    const values = initialState(network, 5);
    const old = exportStateDict(network, values)
      .filter(({ name }) => !name.endsWith('num_batches_tracked'))
      .map((tensor) => (tensor.name.includes('_bn.') ? { ...tensor, shape: [1, ...tensor.shape] } : tensor));
    expect(differing(importStateDict(network, fileOf(old)).state, values)).toEqual([]);
  });
});

describe.each([
  ['state-dict-bn.json', true],
  ['state-dict-nobn.json', false],
] as const)('BN-Inception of %s', (file, needBn) => {
  const network = createNetwork({
    backbone: 'bn_inception',
    imageSize: 227,
    embeddingDim: 512,
    needBn,
    freezeBn: true,
  });
  const values = initialState(network, 4);

  test('is exported with the keys, shapes, types and order of the reference model', () => {
    type Entry = { readonly key: string; readonly shape: readonly number[]; readonly dtype: string };
    const golden = readFileSync(path.join(goldenRoot(), 'bninception', file), 'utf8');
    const { entries } = JSON.parse(golden) as { readonly entries: readonly Entry[] };
    expect(
      exportStateDict(network, values).map((tensor) => ({
        key: tensor.name,
        shape: tensor.shape,
        dtype: tensor.values instanceof Float32Array ? 'float32' : 'int64',
      })),
    ).toEqual(entries.map(({ key, shape, dtype }) => ({ key, shape, dtype })));
  });

  test('comes from a pretrained file of 2017 but for its head', () => {
    const pretrained: StateTensor[] = exportStateDict(network, values)
      .filter(({ name }) => !name.startsWith('head.') && !name.endsWith('num_batches_tracked'))
      .map((tensor) => (tensor.name.includes('_bn.') ? { ...tensor, shape: [1, ...tensor.shape] } : tensor));
    const classifier = { name: 'last_linear.bias', shape: [1000], values: new Float32Array(1000) };
    const { state: imported, missing, unused } = importStateDict(network, fileOf([...pretrained, classifier]));
    expect(unused).toEqual(['last_linear.bias']);
    expect(missing).toEqual(network.specs.map(({ name }) => name).filter((name) => name.startsWith('head.')));
    expect(differing(imported, new Map([...values].filter(([name]) => imported.has(name))))).toEqual([]);
  });
});
