import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { encodeTorchFile, readTorchFile, type StateTensor, tensorFloat32 } from '../src/torch-file/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-large-'));
const file = path.join(folder, 'large.pth');
let handle: number;

/** The 490 tensors of BN-Inception, 43 MB. */
function bnInception(): StateTensor[] {
  const manifest = path.join(goldenRoot(), 'bninception', 'state-dict-bn.json');
  type Entry = { readonly key: string; readonly shape: readonly number[]; readonly dtype: string };
  const { entries } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly entries: readonly Entry[] };
  return entries.map(({ key, shape, dtype }, index) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = dtype === 'int64' ? new BigInt64Array(count) : new Float32Array(count).fill(index);
    return { name: key, shape, values };
  });
}

beforeAll(() => {
  writeFileSync(file, encodeTorchFile(bnInception()));
  handle = openSync(file, 'r');
});

afterAll(() => {
  closeSync(handle);
  rmSync(folder, { recursive: true, force: true });
});

test('a file of 43 MB is listed well under a second, by reading little of it', () => {
  let bytesRead = 0;
  const source = {
    size: fstatSync(handle).size,
    read: (offset: number, length: number) => {
      const bytes = new Uint8Array(length);
      bytesRead += readSync(handle, bytes, 0, length, offset);
      return bytes;
    },
  };
  const started = performance.now();
  const { tensors } = readTorchFile(source);
  expect(performance.now() - started).toBeLessThan(700);
  expect(tensors.size).toBe(490);
  expect(bytesRead).toBeLessThan(source.size / 50);

  const before = process.memoryUsage().arrayBuffers;
  let peak = 0;
  const loaded: Float32Array[] = [];
  for (const tensor of tensors.values()) {
    if (tensor.dtype === 'float32') loaded.push(tensorFloat32(tensor));
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
  }
  expect(loaded.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeGreaterThan(43e6);
  expect(peak).toBeLessThan(2 * source.size);
});
