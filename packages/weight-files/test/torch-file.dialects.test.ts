import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readTorchFile, TorchFileError, type TorchTensor, tensorFloat32 } from '../src/torch-file/index.ts';
import { bytesOf, legacyFile, tensorOpcodes, zipFile } from './raw-torch-file.ts';

const values = Float32Array.of(1, 2, 3, 4, 5, 6);

/** A persistent id as Python 2 wrote it, with the sixth item of legacy files. */
function storage(view: Uint8Array): Uint8Array {
  return bytesOf('(U', 7, 'storage', 'ctorch.cuda\nFloatStorage\n', 'U', 2, 'k0', 'U', 6, 'cuda:1', 'K', 6, view, 'tQ');
}

function readLegacy(state: Uint8Array) {
  return readTorchFile(legacyFile(state, [{ key: 'k0', values }]));
}

describe('dialects of older and newer torch and Python', () => {
  test("Python 2's texts and its OrderedDict, which is made of a list of pairs", () => {
    const tensor = bytesOf('ctorch._utils\n_rebuild_tensor\n(', storage(bytesOf('N')), 'K', 0, 'K', 6, 0x85, 'K', 1);
    const pairs = bytesOf("(lp0\n(lp1\nS'conv\\x31.\\'w\"'\np2\na", tensor, 0x85, 'tRaa');
    const { tensors } = readLegacy(bytesOf(0x80, 2, 'ccollections\nOrderedDict\n', pairs, 0x85, 'R.'));
    expect([...tensors.keys()]).toEqual(['conv1.\'w"']);
    const [found] = tensors.values();
    expect(found).toMatchObject({ dtype: 'float32', location: 'cuda:1', shape: [6] });
    expect(found && tensorFloat32(found)).toEqual(values);
  });

  test('a latin1 BINSTRING, a UNICODE line and a text key of Python 3 are the same kind of key', () => {
    const state = bytesOf(
      0x80,
      2,
      '}(T',
      [2, 0, 0, 0],
      0xe9,
      'x',
      'K',
      1,
      'V\\u20ac\nK',
      2,
      'X',
      [2, 0, 0, 0],
      [0xc3, 0xbc],
      'K',
      3,
      'u.',
    );
    expect([...readTorchFile(zipFile(state)).scalars]).toEqual([
      ['éx', 1],
      ['€', 2],
      ['ü', 3],
    ]);
  });

  test('a storage that is a view of another, as torch of 2017 wrote', () => {
    const view = bytesOf('(U', 2, 'v1', 'K', 2, 'K', 4, 't');
    const tensor = (sizes: number) =>
      bytesOf('ctorch._utils\n_rebuild_tensor\n(', storage(view), 'K', 1, 'K', sizes, 0x85, 'K', 1, 0x85, 'tR');
    const { tensors } = readLegacy(bytesOf(0x80, 2, '}U', 1, 'w', tensor(3), 's.'));
    expect(tensorFloat32(tensors.get('w') as TorchTensor)).toEqual(Float32Array.of(4, 5, 6));
    expect(() => readLegacy(bytesOf(0x80, 2, '}U', 1, 'w', tensor(4), 's.'))).toThrow('beyond its storage of 4');
  });

  test('protocol 4: frames, short texts, globals from the stack, the counted memo', () => {
    const key = bytesOf(0x8c, 11, 'collections', 0x94, 0x8c, 11, 'OrderedDict', 0x94, 0x93, 0x94, ')R', 0x94);
    const pickle = bytesOf(0x80, 4, 0x95, [0, 0, 0, 0, 0, 0, 0, 0], key, 0x8c, 1, 'n', 0x94, 'h', 1, 's.');
    expect([...readTorchFile(zipFile(pickle)).scalars]).toEqual([['n', 'OrderedDict']]);
  });

  test('_metadata of an OrderedDict, numbers of every kind, nested lists', () => {
    const floats = bytesOf('F1.5\n', 'G', [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]);
    const integers = bytesOf('I01\n', 'L-12345678901L\n', 0x8a, 2, 0, 0x80, 'J', [255, 255, 255, 255], 'M', 1, 2);
    const pickle = bytesOf('ccollections\nOrderedDict\n)R(U', 1, 'a(', floats, integers, 'lu}U', 9, '_metadata}sb.');
    const { scalars } = readTorchFile(zipFile(pickle));
    expect([...scalars.values()]).toEqual([1.5, 1.5, true, -12345678901, -32768, -1, 513]);
    expect([...scalars.keys()].at(-1)).toBe('a.6');
  });

  test('deflated records, which zip tools make when they pack a file anew', () => {
    const content = new Uint8Array(new Float32Array(1000).fill(1.5).buffer);
    const packed = new Uint8Array(deflateRawSync(content));
    const pickle = bytesOf(0x80, 2, '}U', 1, 'w', tensorOpcodes('0', 1000, [1000], [1]), 's.');
    const file = zipFile(pickle, { 0: packed });
    const entry = new DataView(file.buffer, file.length - 22 - 46 - 'a/data/0'.length);
    entry.setUint16(10, 8, true);
    entry.setUint32(16, crc32(content), true);
    entry.setUint32(24, content.length, true);
    const tensor = readTorchFile(file).tensors.get('w') as TorchTensor;
    expect(tensorFloat32(tensor)).toEqual(new Float32Array(1000).fill(1.5));
    entry.setUint32(24, content.length + 4, true);
    expect(() => readTorchFile(file)).toThrow('storage 0 has 4004 bytes, 1000 of float32 are declared');
  });

  test('a checksum of 0, which torch records when told to compute none, is not compared', () => {
    const content = new Uint8Array(values.slice().buffer);
    const pickle = bytesOf(0x80, 2, '}U', 1, 'w', tensorOpcodes('0', 6, [6], [1]), 's.');
    const file = zipFile(pickle, { 0: content });
    const last = file.length - 22 - 46 - 'a/data/0'.length;
    const read = () => tensorFloat32(readTorchFile(file).tensors.get('w') as TorchTensor);
    expect(read()).toEqual(values);
    file.fill(7, last + 16, last + 20);
    expect(read).toThrow(TorchFileError);
    expect(read).toThrow('checksum');
    file.fill(0, last + 16, last + 20);
    expect(read()).toEqual(values);
  });
});
