import { describe, expect, it } from 'vitest';
import { encodeZip } from '../../../packages/weight-files/src/torch-file/encode-zip.ts';
import type { CliError } from '../src/cli-error.ts';
import { type NpyData, readNpy, writeNpy } from '../src/files/npy-file.ts';

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

const bytesOf = (array: NpyData) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe('.npy files', () => {
  it.each([
    ['<f4', Float32Array.of(1, 2, 3, 4, 5, 6)],
    ['<f8', Float64Array.of(1, 2, 3, 4, 5, 6)],
    ['<i4', Int32Array.of(1, 2, 3, 4, 5, 6)],
    ['<i8', BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n)],
    ['|i1', Int8Array.of(1, -2, 3, 4, 5, 6)],
    ['|u1', Uint8Array.of(1, 200, 3, 4, 5, 6)],
    ['<i2', Int16Array.of(1, -300, 3, 4, 5, 6)],
    ['<u2', Uint16Array.of(1, 60_000, 3, 4, 5, 6)],
    ['<u4', Uint32Array.of(1, 4e9, 3, 4, 5, 6)],
    ['<u8', BigUint64Array.of(1n, 2n, 3n, 4n, 5n, 6n)],
    ['|b1', Uint8Array.of(1, 0, 1, 1, 0, 0)],
  ])('are read as %s whatever their alignment, in versions 1 and 2', (descr, values) => {
    for (const version of [1, 2]) {
      const { shape, data } = readNpy(npy(descr, '(2, 3)', bytesOf(values), { version }), 'x.npy');
      expect(shape).toEqual([2, 3]);
      expect(data).toEqual(values);
    }
  });

  it('are read as float16, in either byte order, and from columns as from rows', () => {
    const rows = [1, 2, 3, 4, 5, 6];
    const halves = Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600);
    expect(readNpy(npy('<f2', '(2, 3)', bytesOf(halves)), 'x').data).toEqual(Float32Array.from(rows));
    const turned = bytesOf(Float64Array.from(rows).map(() => 0)).slice();
    const view = new DataView(turned.buffer);
    for (const [at, value] of rows.entries()) view.setFloat64(8 * at, value, false);
    expect(readNpy(npy('>f8', '(2, 3)', turned), 'x').data).toEqual(Float64Array.from(rows));
    const columns = bytesOf(Int32Array.of(1, 4, 2, 5, 3, 6));
    expect(readNpy(npy('<i4', '(2, 3)', columns, { fortran: true }), 'x')).toEqual({
      shape: [2, 3],
      data: Int32Array.from(rows),
    });
    expect(readNpy(npy('<i4', '(6,)', columns, { fortran: true }), 'x').data).toEqual(Int32Array.of(1, 4, 2, 5, 3, 6));
  });

  it('say the line of Python that helps where they are refused', () => {
    const hintOf = (bytes: Uint8Array) => {
      try {
        readNpy(bytes, 'x.npy');
      } catch (error) {
        return (error as CliError).hint;
      }
      return null;
    };
    const archive = encodeZip([{ name: 'rows.npy', content: npy('<f4', '(1,)', new Uint8Array(4)) }]);
    expect(hintOf(archive)).toBe('in Python: numpy.save("array.npy", numpy.load("x.npy")["rows"])');
    expect(hintOf(npy('<c8', '(1,)', new Uint8Array(8)))).toContain('numpy.load("x.npy").astype("float32")');
    expect(hintOf(npy('<U4', '(1,)', new Uint8Array(16)))).toContain('numpy.unique');
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
    ['strings', npy('<U4', '(1,)', new Uint8Array(16)), 'holds <U4'],
    ['complex numbers', npy('<c8', '(1,)', new Uint8Array(8)), 'holds <c8'],
    [
      'three axes in Fortran order',
      npy('<f4', '(1, 2, 1)', new Uint8Array(8), { fortran: true }),
      'more than two axes',
    ],
  ])('refuse %s, naming the file', (_, bytes, message) => {
    expect(() => readNpy(bytes, 'x.npy')).toThrow(`x.npy: `);
    expect(() => readNpy(bytes, 'x.npy')).toThrow(message);
  });
});
