import { float16ToFloat32 } from '@spherelab/weight-files';
import { npyHeader, readNpyHeader } from '@spherelab/weight-files/npy';
import { CliError } from '../cli-error.ts';
import { npzArrays } from './npz-arrays.ts';

export type NpyArray = {
  readonly shape: readonly number[];
  /** in C order; float16 as float32, truth values as 0 and 1 */
  readonly data: NpyData;
};
export type NpyData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

type Kind = { readonly bytes: number; readonly read: (buffer: ArrayBuffer) => NpyData };

/** NumPy's letter and width of each type that is read. */
const kinds: Readonly<Record<string, Kind>> = {
  f2: { bytes: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer), float16ToFloat32) },
  f4: { bytes: 4, read: (buffer) => new Float32Array(buffer) },
  f8: { bytes: 8, read: (buffer) => new Float64Array(buffer) },
  i1: { bytes: 1, read: (buffer) => new Int8Array(buffer) },
  i2: { bytes: 2, read: (buffer) => new Int16Array(buffer) },
  i4: { bytes: 4, read: (buffer) => new Int32Array(buffer) },
  i8: { bytes: 8, read: (buffer) => new BigInt64Array(buffer) },
  u1: { bytes: 1, read: (buffer) => new Uint8Array(buffer) },
  u2: { bytes: 2, read: (buffer) => new Uint16Array(buffer) },
  u4: { bytes: 4, read: (buffer) => new Uint32Array(buffer) },
  u8: { bytes: 8, read: (buffer) => new BigUint64Array(buffer) },
  b1: { bytes: 1, read: (buffer) => new Uint8Array(buffer) },
};

/**
 * Reads a NumPy .npy file: versions 1 to 3, C or Fortran order, either byte order, floats of 16 to 64 bits, whole numbers of any
 * width, truth values.
 * @throws CliError naming the file, what is wrong with it, and the line that makes it one that is read
 */
export function readNpy(bytes: Uint8Array, file: string): NpyArray {
  const fail = (reason: string, how: string): never => {
    throw new CliError(`${file}: ${reason}`, `in Python: ${how}`);
  };
  const load = `numpy.load("${file}")`;
  const names = npzArrays(bytes);
  if (names !== null) {
    const of = names.length === 0 ? '' : ` of ${names.join(', ')}`;
    return fail(`is an archive${of}, not one array`, `numpy.save("array.npy", ${load}["${names[0] ?? 'NAME'}"])`);
  }
  const header = readNpyHeader(bytes);
  if (typeof header === 'string') return fail(header, `numpy.save("${file}", array)`);
  const { descr, isFortran, shape, start } = header;
  const kind = kinds[descr.slice(1)];
  if (kind === undefined) {
    // Names of classes are the likeliest of them.
    const isText = /^.[US]\d/.test(descr);
    const how = isText ? `numpy.unique(${load}, return_inverse=True)[1]` : `${load}.astype("float32")`;
    return fail(`holds ${descr || 'a structured type'}, not numbers that are read`, `numpy.save("${file}", ${how})`);
  }
  const count = shape.reduce((product, size) => product * size, 1);
  // A copy, so that the typed array is aligned whatever the header's length.
  const payload = Uint8Array.from(bytes.subarray(start));
  if (payload.length !== count * kind.bytes) {
    const wanted = `its shape (${shape}) needs ${count * kind.bytes}`;
    return fail(`holds ${payload.length} bytes, ${wanted}`, 'write it again: it was cut short');
  }
  if (descr.startsWith('>')) turnBytes(payload, kind.bytes);
  if (isFortran && shape.length > 2) {
    return fail('has more than two axes in Fortran order', `numpy.save("${file}", numpy.ascontiguousarray(${load}))`);
  }
  const rows = isFortran && shape.length === 2 ? transposed(payload, kind.bytes, shape) : payload;
  return { shape, data: kind.read(rows.buffer) };
}

/** The other byte order, in place. */
function turnBytes(payload: Uint8Array, width: number): void {
  for (let at = 0; at < payload.length; at += width) payload.subarray(at, at + width).reverse();
}

/** Columns one after the other as rows one after the other. */
function transposed(payload: Uint8Array, width: number, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const [rows = 0, columns = 0] = shape;
  const turned = new Uint8Array(payload.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const from = (column * rows + row) * width;
      turned.set(payload.subarray(from, from + width), (row * columns + column) * width);
    }
  }
  return turned;
}

/** Writes float32 rows [n, d] or int32 labels [n] as a version 1 .npy file. */
export function writeNpy(data: Float32Array | Int32Array, shape: readonly number[]): Uint8Array {
  const descr = data instanceof Float32Array ? '<f4' : '<i4';
  return Buffer.concat([npyHeader(descr, shape), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}
