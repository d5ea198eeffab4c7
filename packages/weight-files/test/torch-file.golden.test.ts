import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { goldenRoot, readGolden, type TensorEntry } from '../../../test/golden-reader.ts';
import {
  readTorchFile,
  type TorchFile,
  TorchFileError,
  type TorchTensor,
  tensorBytes,
  tensorValues,
} from '../src/torch-file/index.ts';

type Entry = {
  readonly key: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly storage_offset: number;
  readonly data_as_float32?: TensorEntry;
  readonly data_as_float64?: TensorEntry;
  readonly values?: readonly (number | boolean)[];
  readonly raw_bits?: readonly number[];
};

type GoldenFile = {
  readonly file: string;
  readonly format: string;
  readonly expect: 'ok' | 'reject' | 'ok-or-reject';
  readonly entries?: readonly Entry[];
  readonly param_groups?: readonly Record<string, unknown>[];
};

const golden = readGolden<{ readonly files: readonly GoldenFile[] }>('pth');
const folder = path.join(goldenRoot(), 'pth');
const read = (file: string) => new Uint8Array(readFileSync(path.join(folder, file)));

/** The values as numbers, as the manifest writes them. */
function plainValues(tensor: TorchTensor): number[] {
  return Array.from(tensorValues(tensor), Number);
}

function expectEntry(tensor: TorchTensor | undefined, entry: Entry): void {
  expect(tensor).toBeDefined();
  if (tensor === undefined) return;
  const { dtype, shape, stride, storageOffset } = tensor;
  expect({ dtype, shape, stride, storageOffset }, entry.key).toEqual({
    dtype: entry.dtype,
    shape: entry.shape,
    stride: entry.stride,
    storageOffset: entry.storage_offset,
  });
  const bytes = new Uint8Array(tensorBytes(tensor));
  if (entry.raw_bits !== undefined) expect([...new Uint16Array(bytes.buffer)]).toEqual(entry.raw_bits);
  if (entry.values !== undefined) expect(plainValues(tensor)).toEqual(entry.values.map(Number));
  // toEqual tells 0 from -0, and takes a NaN for a NaN.
  if (entry.data_as_float32 !== undefined) {
    expect(plainValues(tensor)).toEqual([...golden.float32(entry.data_as_float32)]);
  }
  if (entry.data_as_float64 !== undefined) {
    expect(plainValues(tensor)).toEqual([...golden.float64(entry.data_as_float64)]);
  }
}

describe('files written by torch.save', () => {
  test.each(golden.manifest.files.filter((file) => file.expect === 'ok'))('$file is read exactly', (file) => {
    const bytes = read(file.file);
    const opened = readTorchFile(bytes);
    expect(opened.container).toBe(file.format);
    expect([...opened.tensors.keys()]).toEqual(file.entries?.map(({ key }) => key));
    for (const entry of file.entries ?? []) {
      expectEntry(opened.tensors.get(entry.key), entry);
      const hasExpectation = ['data_as_float32', 'data_as_float64', 'values'].some((field) => field in entry);
      expect(hasExpectation).toBe(true);
    }
    // The same through a reader that gives copies and refuses what is outside.
    const reader = {
      size: bytes.length,
      read: (offset: number, length: number) => {
        expect(offset >= 0 && length >= 0 && offset + length <= bytes.length).toBe(true);
        return bytes.slice(offset, offset + length);
      },
    };
    const again = readTorchFile(reader);
    for (const entry of file.entries ?? []) expectEntry(again.tensors.get(entry.key), entry);
  });

  test.each(golden.manifest.files.filter((file) => file.expect === 'reject'))('$file is refused', ({ file }) => {
    const marker = path.resolve('pwned-marker.txt');
    expect(() => readTorchFile(read(file))).toThrow(TorchFileError);
    expect(existsSync(marker)).toBe(false);
  });

  test.each(golden.manifest.files.filter((file) => file.expect === 'ok-or-reject'))(
    '$file, which torch never writes, is read exactly or refused',
    (file) => {
      let opened: TorchFile;
      try {
        opened = readTorchFile(read(file.file));
      } catch (error) {
        expect(error).toBeInstanceOf(TorchFileError);
        return;
      }
      for (const entry of file.entries ?? []) expectEntry(opened.tensors.get(entry.key), entry);
    },
  );

  test.each(golden.manifest.files.filter((file) => file.param_groups !== undefined))(
    '$file gives the numbers beside the tensors',
    (file) => {
      const { scalars } = readTorchFile(read(file.file));
      for (const [index, group] of (file.param_groups ?? []).entries()) {
        expect(scalars.get(`param_groups.${index}.lr`)).toBe(group.lr);
        expect(scalars.get(`param_groups.${index}.amsgrad`)).toBe(group.amsgrad);
        expect(scalars.get(`param_groups.${index}.fused`)).toBe(group.fused);
      }
    },
  );

  test('has files to read and files to refuse', () => {
    const kinds = golden.manifest.files.map((file) => file.expect);
    expect(kinds).toEqual(expect.arrayContaining(['ok', 'reject']));
  });
});
