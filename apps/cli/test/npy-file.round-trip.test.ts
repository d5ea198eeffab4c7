import { describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../src/npy-file.ts';

/** A .npy file as numpy.save writes it. */
function npy(descr: string, shape: string, payload: Uint8Array, { fortran = false, version = 1 } = {}): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }\n`;
  const head = Buffer.alloc(version === 1 ? 10 : 12);
  head.write('\x93NUMPY', 'latin1');
  head[6] = version;
  if (version === 1) head.writeUInt16LE(text.length, 8);
  else head.writeUInt32LE(text.length, 8);
  return Buffer.concat([head, Buffer.from(text), payload]);
}

const bytesOf = (array: Float32Array | Float64Array | Int32Array | BigInt64Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe('.npy files', () => {
  it.each([
    ['<f4', Float32Array.of(1, 2, 3, 4, 5, 6)],
    ['<f8', Float64Array.of(1, 2, 3, 4, 5, 6)],
    ['<i4', Int32Array.of(1, 2, 3, 4, 5, 6)],
    ['<i8', BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n)],
  ])('are read as %s whatever their alignment, in versions 1 and 2', (descr, values) => {
    for (const version of [1, 2]) {
      const { shape, data } = readNpy(npy(descr, '(2, 3)', bytesOf(values), { version }), 'x.npy');
      expect(shape).toEqual([2, 3]);
      expect(data).toEqual(values);
    }
  });

  it('read back what was written, rows and labels', () => {
    expect(readNpy(writeNpy(Float32Array.of(1, 2, 3, 4), [2, 2]), 'x')).toEqual({
      shape: [2, 2],
      data: Float32Array.of(1, 2, 3, 4),
    });
    expect(readNpy(writeNpy(Int32Array.of(7, -1), [2]), 'x')).toEqual({ shape: [2], data: Int32Array.of(7, -1) });
    expect(writeNpy(Int32Array.of(1), [1]).length % 64).toBe(4);
  });

  it.each([
    ['text', Buffer.from('hello, this is not an array'), 'is not a .npy file'],
    ['nothing', Buffer.alloc(0), 'is not a .npy file'],
    ['a cut file', npy('<f4', '(2, 3)', new Uint8Array(20)), 'needs 24'],
    ['Fortran order', npy('<f4', '(2, 3)', new Uint8Array(24), { fortran: true }), 'Fortran'],
    ['strings', npy('<U4', '(1,)', new Uint8Array(16)), 'not float32'],
    ['big-endian values', npy('>f4', '(1,)', new Uint8Array(4)), 'not float32'],
  ])('refuse %s, naming the file', (_, bytes, message) => {
    expect(() => readNpy(bytes, 'x.npy')).toThrow(`x.npy: `);
    expect(() => readNpy(bytes, 'x.npy')).toThrow(message);
  });
});
