import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readTorchFile, TorchFileError, tensorValues } from '../src/torch-file/index.ts';
import { bytesOf, legacyFile, tensorOpcodes, uint32, zipFile } from './raw-torch-file.ts';

const dictOf = (tensor: Uint8Array) => bytesOf(0x80, 2, '}U', 1, 'w', tensor, 's.');
const repeat = (text: string, count: number) => Buffer.from(text.repeat(count), 'latin1');

/** What is asked, and what the refusal must say. */
const pickles: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['a global of another module', bytesOf('cos\nsystem\n(U', 2, 'lstR.'), /asks for os\.system/],
  ['a global from the stack', bytesOf('U', 5, 'posixU', 6, 'system', 0x93, '.'), /asks for posix\.system/],
  ["an object's prototype", bytesOf('ctorch\n__proto__\n.'), /asks for torch\.__proto__/],
  ['a call of a storage class', bytesOf('ctorch\nFloatStorage\n)R.'), /calls torch\.FloatStorage/],
  ['INST', bytesOf('(ios\nsystem\n.'), /opcode INST/],
  ['NEWOBJ', bytesOf('ccollections\nOrderedDict\n)', 0x81, '.'), /opcode NEWOBJ \(0x81\)/],
  ['an extension registry', bytesOf(0x82, 1, '.'), /opcode EXT1/],
  ['a persistent id in text', bytesOf('P123\n.'), /opcode PERSID/],
  ['attributes of a number', bytesOf('K', 1, '}b.'), /sets attributes of a number/],
  ['a whole module', bytesOf('(U', 6, 'modulectorch\nFloatStorage\nU', 1, 'ktQ.'), /whole module/],
  ['a text of 4 GiB', bytesOf('}X', uint32(0xffffffff), 'a'), /cut off: 4294967295 bytes/],
  ['a text of 2^63 bytes', bytesOf('}', 0x8d, [255, 255, 255, 255, 255, 255, 255, 127], 'a'), /cut off/],
  ['a text of -1 bytes', bytesOf('}T', uint32(0xffffffff), 'a'), /negative length/],
  ['a number of a million bytes', bytesOf('}', 0x8b, uint32(1e6), repeat('a', 1e6)), /1000000 bytes/],
  ['a line without an end', bytesOf('}S', repeat('a', 1e6)), /line without an end/],
  ['memo that was not stored', bytesOf('j', uint32(0xfffffffe), '.'), /memo 4294967294/],
  ['a mark that was not set', bytesOf('t.'), /mark/],
  ['an empty stack', bytesOf('.'), /empty stack/],
  ['a pop beneath a mark', bytesOf('K', 1, '(', 0x85, '.'), /empty stack/],
  ['millions of dicts', repeat('}', 1_900_000), /more than 250000 objects/],
  ['millions of opcodes', repeat('N0', 1_100_000), /more than 2000000 opcodes/],
  ['a list that holds itself', bytesOf('}(U', 1, 'a]q', 1, 'h', 1, 'au.'), /nested too deep/],
  ['marks without end', bytesOf(repeat('(', 100_000), '.'), /empty stack/],
  [
    'a tuple of two of itself, 60 deep',
    bytesOf('}U', 1, 'aK', 1, ...Array.from({ length: 60 }, () => bytesOf('2', 0x86)), 's.'),
    /nested too deep/,
  ],
  [
    'a shared tuple that unfolds to 2^25 values',
    bytesOf('}U', 1, 'a)', ...Array.from({ length: 25 }, () => bytesOf('2', 0x86)), 's.'),
    /nested too deep/,
  ],
  ['a key of a million characters', bytesOf('}X', uint32(1e6), repeat('k', 1e6), 'K', 1, 's.'), /key of 1000000/],
  ['a dict as a key', bytesOf('}}K', 1, 's.'), /neither a text nor a number/],
  ['a single tensor', bytesOf(tensorOpcodes('0', 2, [2], [1]), '.'), /a tensor, not a state dict/],
  [
    'a view that grows 4 bytes to 4 TB',
    dictOf(tensorOpcodes('0', 2, [1e6, 1e6], [0, 0])),
    /larger than the whole file/,
  ],
  [
    'sizes whose product is infinite',
    dictOf(tensorOpcodes('0', 2, Array(40).fill(9e15), Array(40).fill(0))),
    /larger than/,
  ],
  ['a stride beyond 2^53', dictOf(tensorOpcodes('0', 2, [9, 9], [9e15, 9e15])), /beyond its storage/],
  ['a negative stride', dictOf(tensorOpcodes('0', 2, [2], [-1])), /stride of a tensor is -1/],
  ['65 dimensions', dictOf(tensorOpcodes('0', 2, Array(65).fill(1), Array(65).fill(1))), /65 sizes/],
  ['a storage that is missing', dictOf(tensorOpcodes('1', 2, [2], [1])), /data\/1 is missing/],
  ['a storage of another folder', dictOf(tensorOpcodes('../data.pkl', 2, [2], [1])), /missing/],
  ['more elements than stored', dictOf(tensorOpcodes('0', 4e9, [2], [1])), /4000000000 of float32 are declared/],
];

test('a score of NumPy beside the weights is refused with the line that saves the weights alone', () => {
  // {'best': numpy.core.multiarray.scalar()}
  const pickle = bytesOf(0x80, 2, '}(U', 4, 'bestcnumpy.core.multiarray\nscalar\n(tRu.');
  expect(() => readTorchFile(zipFile(pickle))).toThrow(/numpy\.core\.multiarray\.scalar.*torch\.save\(torch\.load\(/);
});

describe('a hostile file', () => {
  test.each(pickles)('with %s is refused', (_, pickle, reason) => {
    const started = performance.now();
    const file = zipFile(pickle, { 0: new Uint8Array(8) });
    expect(() => readTorchFile(file)).toThrow(TorchFileError);
    expect(() => readTorchFile(file)).toThrow(reason);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('in the older format with a storage larger than the file is refused', () => {
    const tensor = bytesOf(
      'ctorch._utils\n_rebuild_tensor\n((U',
      7,
      'storagectorch\nDoubleStorage\nU',
      1,
      'kU',
      3,
      'cpu',
      'J',
      uint32(0x7fffffff),
      'NtQK',
      0,
      'K',
      1,
      0x85,
      'K',
      1,
      0x85,
      'tR',
    );
    expect(() => readTorchFile(legacyFile(dictOf(tensor)))).toThrow('storage k is missing');
    const declared = bytesOf(legacyFile(dictOf(tensor)).subarray(0, -2), 'U', 1, 'ke.', uint32(0x7fffffff), uint32(0));
    expect(() => readTorchFile(declared)).toThrow(/storage k is cut off: 17179869176 bytes/);
  });

  test('that is a zip bomb is refused before it is inflated', () => {
    const packed = deflateRawSync(new Uint8Array(8));
    const file = zipFile(dictOf(tensorOpcodes('0', 2 ** 28, [1], [1])), { 0: packed });
    const view = new DataView(file.buffer);
    const entry = file.length - 22 - 46 - 'a/data/0'.length;
    view.setUint16(entry + 10, 8, true);
    view.setUint32(entry + 24, 2 ** 30, true);
    expect(() => readTorchFile(file)).toThrow(/inflates to 10737\d+: refused/);
    // A record that inflates to more than it says stops there.
    const small = zipFile(dictOf(tensorOpcodes('0', 1, [1], [1])), { 0: deflateRawSync(new Uint8Array(1 << 20)) });
    const smallView = new DataView(small.buffer);
    smallView.setUint16(small.length - 22 - 54 + 10, 8, true);
    smallView.setUint32(small.length - 22 - 54 + 24, 4, true);
    const { tensors } = readTorchFile(small);
    expect(() => tensorValues(tensors.get('w') as never)).toThrow('cannot be inflated');
  });

  test('whose zip records overlap or repeat is refused', () => {
    const file = zipFile(dictOf(tensorOpcodes('0', 2, [2], [1])), { 0: new Uint8Array(8) });
    const last = file.length - 22 - 54;
    const overlapping = file.slice();
    new DataView(overlapping.buffer).setUint32(last + 42, 8, true);
    expect(() => readTorchFile(overlapping)).toThrow('overlaps');
    const encrypted = file.slice();
    encrypted[last + 8] = 1;
    expect(() => readTorchFile(encrypted)).toThrow('encrypted');
    const counted = file.slice();
    new DataView(counted.buffer).setUint16(file.length - 12, 9999, true);
    expect(() => readTorchFile(counted)).toThrow('its sizes do not fit');
  });

  test('cannot send control characters or pages of text to a terminal through an error', () => {
    const file = zipFile(bytesOf('cos\n\x1b[2Jsystem', 'x'.repeat(3000), '\n.'));
    const message = (() => {
      try {
        readTorchFile(file);
        return 'it was read';
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message).toContain('os.\\x1b[2Jsystemxxx');
    expect(message).not.toMatch(/\p{C}/u);
    expect(message.length).toBeLessThan(500);
  });

  test('of big-endian values, of TorchScript, of another kind is named', () => {
    const tar = new Uint8Array(600);
    tar.set(bytesOf('ustar'), 257);
    expect(() => readTorchFile(tar)).toThrow('tar archive');
    expect(() => readTorchFile(bytesOf([20, 0, 0, 0, 0, 0, 0, 0], '{"a":{}}'))).toThrow('safetensors');
    expect(() => readTorchFile(bytesOf(0x80, 9, '}.'))).toThrow('protocol 9');
  });
});
