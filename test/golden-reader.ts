import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a manifest writes a tensor: raw little-endian values in a file of the same folder. */
export type TensorEntry = {
  readonly file: string;
  readonly dtype: 'float32' | 'float64' | 'int32' | 'uint8';
  readonly shape: readonly number[];
  readonly offset: number;
  readonly bytes: number;
};

/** JSON has no NaN and no infinities: they are written as strings. */
export type GoldenNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export type GoldenFolder<Manifest> = {
  readonly manifest: Manifest;
  readonly json: <T>(file: string) => T;
  readonly float32: (entry: TensorEntry) => Float32Array;
  readonly float64: (entry: TensorEntry) => Float64Array;
  readonly int32: (entry: TensorEntry) => Int32Array;
  readonly uint8: (entry: TensorEntry) => Uint8Array;
};

const copyInThisRepository = fileURLToPath(new URL('./golden', import.meta.url));

/** The folder of golden data made with the reference: `SPHERELAB_GOLDEN_DIR`, or the copy in this repository. */
export function goldenRoot(): string {
  return process.env.SPHERELAB_GOLDEN_DIR ?? copyInThisRepository;
}

/** One folder of golden data; those that scripts/golden makes are in this repository alone. */
export function goldenFolder(name: string): string {
  const folder = path.join(goldenRoot(), name);
  return existsSync(folder) ? folder : path.join(copyInThisRepository, name);
}

/** Reads one folder of golden data, for example `losses`, from where `goldenFolder` finds it or another place. */
export function readGolden<Manifest>(name: string, folder = goldenFolder(name)): GoldenFolder<Manifest> {
  const files = new Map<string, Buffer>();
  const json = <T>(file: string): T => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as T;
  const bytesOf = (entry: TensorEntry, dtype: TensorEntry['dtype']): ArrayBuffer => {
    if (entry.dtype !== dtype) throw new TypeError(`the tensor at ${entry.offset} is ${entry.dtype}, not ${dtype}`);
    const content = files.get(entry.file) ?? readFileSync(path.join(folder, entry.file));
    files.set(entry.file, content);
    if (entry.offset + entry.bytes > content.length) throw new RangeError(`${entry.file} ends before ${entry.offset}`);
    const copy = new Uint8Array(entry.bytes);
    copy.set(content.subarray(entry.offset, entry.offset + entry.bytes));
    return copy.buffer;
  };
  return {
    manifest: json<Manifest>('manifest.json'),
    json,
    float32: (entry) => new Float32Array(bytesOf(entry, 'float32')),
    float64: (entry) => new Float64Array(bytesOf(entry, 'float64')),
    int32: (entry) => new Int32Array(bytesOf(entry, 'int32')),
    uint8: (entry) => new Uint8Array(bytesOf(entry, 'uint8')),
  };
}

/** The number that a golden JSON value stands for. */
export function goldenNumber(value: GoldenNumber): number {
  return Number(value);
}

export type Tolerance = { readonly relative?: number; readonly absolute?: number };

/** Why `actual` is not within the tolerance of `expected`, or null. NaN equals NaN only. */
export function deviation(actual: number, expected: number, { relative = 0, absolute = 0 }: Tolerance): string | null {
  if (Number.isNaN(expected) || !Number.isFinite(expected)) {
    return Object.is(actual, expected) ? null : `expected ${expected}, got ${actual}`;
  }
  const allowed = relative * Math.abs(expected) + absolute;
  const difference = Math.abs(actual - expected);
  return difference <= allowed ? null : `expected ${expected}, got ${actual}: off by ${difference}, allowed ${allowed}`;
}

/** Largest absolute difference of two arrays of the same length; NaN if either has one. */
export function maxAbsDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new RangeError(`${actual.length} values against ${expected.length}`);
  let largest = 0;
  for (let i = 0; i < actual.length; i += 1) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    if (Number.isNaN(difference)) return Number.NaN;
    largest = Math.max(largest, difference);
  }
  return largest;
}
