import { CliError } from './cli-error.ts';

export type NpyArray = {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array;
};

const magic = '\x93NUMPY';

/**
 * Reads a NumPy .npy file: versions 1 to 3, C order, little-endian float32, float64, int32 or int64.
 * @throws CliError naming the file and what is wrong with it
 */
export function readNpy(bytes: Uint8Array, file: string): NpyArray {
  const fail = (reason: string): never => {
    throw new CliError(`${file}: ${reason}`, 'write it with numpy.save, C order, float32 rows or int32/int64 labels');
  };
  if (bytes.length < 10 || Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== magic) fail('is not a .npy file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const longHeader = (bytes[6] ?? 0) >= 2;
  if (longHeader && bytes.length < 12) fail('is cut short');
  const headerBytes = longHeader ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = (longHeader ? 12 : 10) + headerBytes;
  if (start > bytes.length) fail('is cut short');
  const header = Buffer.from(bytes.subarray(longHeader ? 12 : 10, start)).toString('latin1');
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? '';
  if (!/'fortran_order':\s*False/.test(header)) fail('is in Fortran order');
  const shapeText = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (shapeText === undefined) fail('has no shape');
  const shape = (shapeText ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  // A copy, so that the typed array is aligned whatever the header's length.
  const payload = Uint8Array.from(bytes.subarray(start)).buffer;
  const sized = (bytesPerValue: number) => {
    if (payload.byteLength !== count * bytesPerValue)
      fail(`holds ${payload.byteLength} bytes, its shape (${shape}) needs ${count * bytesPerValue}`);
    return payload;
  };
  switch (descr) {
    case '<f4':
      return { shape, data: new Float32Array(sized(4)) };
    case '<f8':
      return { shape, data: new Float64Array(sized(8)) };
    case '<i4':
      return { shape, data: new Int32Array(sized(4)) };
    case '<i8':
      return { shape, data: new BigInt64Array(sized(8)) };
    default:
      return fail(`holds ${descr || 'an unknown type'}, not float32, float64, int32 or int64`);
  }
}

/** Writes float32 rows [n, d] or int32 labels [n] as a version 1 .npy file. */
export function writeNpy(data: Float32Array | Int32Array, shape: readonly number[]): Uint8Array {
  const descr = data instanceof Float32Array ? '<f4' : '<i4';
  const shapeText = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shapeText}, }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.alloc(10);
  head.write(magic, 'latin1');
  head.set([1, 0], 6);
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([
    head,
    Buffer.from(padded, 'latin1'),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ]);
}
