import { expect, test } from 'vitest';
import { encodeSafetensors } from '../src/encode-safetensors.ts';
import { encodeTfjsWeights } from '../src/encode-tfjs-weights.ts';
import { decodeTensorFile } from '../src/tensor-file.ts';
import { float16ToFloat32 } from '../src/torch-file/half-float.ts';
import {
  encodeTorchFile,
  permuteTensor,
  readTorchFile,
  type StateTensor,
  tensorValues,
} from '../src/torch-file/index.ts';
import { bytesOfValues, littleEndianElements } from '../src/torch-file/little-endian-elements.ts';

const tensors: readonly StateTensor[] = [
  { name: 'conv.weight', shape: [300, 2, 1, 3], values: Float32Array.from({ length: 1800 }, (_, i) => i / 7) },
  { name: 'bn.num_batches_tracked', shape: [], values: BigInt64Array.of(2n ** 62n) },
  { name: 'empty', shape: [0, 3], values: new Float32Array(0) },
  { name: 'specials ü', shape: [4], values: Float32Array.of(Number.NaN, -0, Number.POSITIVE_INFINITY, 1e-45) },
  { name: 'large', shape: [70_000], values: new Float32Array(70_000).fill(2) },
];

test('what is written is read back exactly, in order', () => {
  const file = readTorchFile(encodeTorchFile(tensors));
  expect(file.container).toBe('zip');
  expect([...file.tensors.keys()]).toEqual(tensors.map(({ name }) => name));
  for (const { name, shape, values } of tensors) {
    const tensor = file.tensors.get(name);
    expect(tensor?.shape).toEqual(shape);
    expect(tensor && tensorValues(tensor)).toEqual(values);
  }
});

test('the same tensors give the same bytes, and every record lies at a multiple of 64', () => {
  const file = encodeTorchFile(tensors);
  expect(encodeTorchFile(tensors)).toEqual(file);
  const view = new DataView(file.buffer);
  let records = 0;
  for (let at = 0; view.getUint32(at, true) === 0x04034b50; records += 1) {
    const data = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
    expect(data % 64).toBe(0);
    at = data + view.getUint32(at + 18, true);
  }
  expect(records).toBe(tensors.length + 3);
});

test('a shape that does not fit the values, and a name that repeats, are refused', () => {
  const bad: StateTensor = { name: 'w', shape: [3], values: new Float32Array(2) };
  expect(() => encodeTorchFile([bad])).toThrow('tensor w of shape [3] has 2 values');
  const [first] = tensors as [StateTensor];
  expect(() => encodeTorchFile([first, first])).toThrow('two tensors of one name');
});

test('a permuted tensor is read in the order of its new axes', () => {
  const values = Float32Array.from({ length: 24 }, (_, i) => i);
  const tensor = readTorchFile(encodeTorchFile([{ name: 'w', shape: [2, 3, 4], values }])).tensors.get('w');
  const permuted = tensor && permuteTensor(tensor, [2, 0, 1]);
  const expected: number[] = [];
  for (let c = 0; c < 4; c += 1)
    for (let a = 0; a < 2; a += 1) for (let b = 0; b < 3; b += 1) expected.push(a * 12 + b * 4 + c);
  expect(permuted?.shape).toEqual([4, 2, 3]);
  expect(permuted && [...tensorValues(permuted)]).toEqual(expected);
});

test('safetensors holds the float tensors and leaves the counters out', () => {
  const { tensors: read } = decodeTensorFile(encodeSafetensors(tensors));
  const floats = tensors.filter(({ values }) => values instanceof Float32Array);
  expect([...read]).toEqual(floats.map(({ name, shape, values }) => [name, { shape, values }]));
});

test("TensorFlow.js's manifest describes the shard, and int64 is refused", () => {
  const floats = tensors.filter(({ values }) => values instanceof Float32Array);
  const { manifest, shard } = encodeTfjsWeights(floats, 'weights.bin');
  const [group] = (JSON.parse(manifest) as { weightsManifest: { paths: string[]; weights: { shape: number[] }[] }[] })
    .weightsManifest;
  expect(group?.paths).toEqual(['weights.bin']);
  const count = group?.weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect(shard.length).toBe(4 * (count ?? 0));
  expect(new Float32Array(shard.buffer, 0, 1800)).toEqual(tensors[0]?.values);
  expect(() => encodeTfjsWeights(tensors, 'weights.bin')).toThrow('bn.num_batches_tracked is int64');
});

test('halves: subnormal, largest, infinite, not a number', () => {
  expect([0x0001, 0x03ff, 0x0400, 0x7bff, 0xfc00, 0x8000, 0x3c01].map(float16ToFloat32)).toEqual([
    2 ** -24,
    1023 * 2 ** -24,
    2 ** -14,
    65504,
    Number.NEGATIVE_INFINITY,
    -0,
    1 + 2 ** -10,
  ]);
  expect(float16ToFloat32(0x7e00)).toBeNaN();
});

test('on a big-endian machine the bytes are swapped, both ways', () => {
  expect([...littleEndianElements(Uint8Array.of(1, 2, 3, 4), 2, true)]).toEqual([2, 1, 4, 3]);
  expect([...littleEndianElements(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 8, true)]).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  const values = Float32Array.of(1.5);
  expect([...bytesOfValues(values, true)]).toEqual([...bytesOfValues(values, false)].reverse());
});
