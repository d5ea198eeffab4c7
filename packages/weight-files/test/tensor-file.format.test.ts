import { expect, test } from 'vitest';
import { decodeTensorFile, encodeTensorFile } from '../src/tensor-file.ts';

const content = {
  metadata: { note: 'ü', losses: [0.1 + 0.2, 1e-300] },
  tensors: new Map([
    ['a.weight', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 1e-30, 0, -0) }],
    ['b', { shape: [1], values: Float32Array.of(Number.POSITIVE_INFINITY) }],
  ]),
};

test('what was written is read back exactly', () => {
  expect(decodeTensorFile(encodeTensorFile(content))).toEqual(content);
});

test('the file is a safetensors file', () => {
  const file = encodeTensorFile(content);
  const headerLength = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerLength)));
  expect(headerLength % 8).toBe(0);
  expect(header['a.weight']).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
  expect(Object.values(header.__metadata__).every((text) => typeof text === 'string')).toBe(true);
  expect(file.length).toBe(8 + headerLength + 28);
});

test('a file that is cut, changed or something else is refused', () => {
  const file = encodeTensorFile(content);
  const changed = file.slice();
  changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
  const longHeader = file.slice();
  longHeader[6] = 1;
  for (const bad of [file.subarray(0, -1), changed, longHeader, file.subarray(0, 5), new Uint8Array(100)]) {
    expect(() => decodeTensorFile(bad)).toThrow(expect.objectContaining({ name: 'TensorFileError' }));
  }
});
