import { TextDecoder } from 'node:util';
import { elementTypes, type MatElement, type MatElements } from './mat-elements.ts';
import type { MatNumbers } from './mat-value.ts';

type NumbersOf = { readonly bytes: number; readonly read: (buffer: ArrayBuffer) => MatNumbers };

const storages = new Map<number, NumbersOf>([
  [elementTypes.int8, { bytes: 1, read: (buffer) => new Int8Array(buffer) }],
  [elementTypes.uint8, { bytes: 1, read: (buffer) => new Uint8Array(buffer) }],
  [elementTypes.int16, { bytes: 2, read: (buffer) => new Int16Array(buffer) }],
  [elementTypes.uint16, { bytes: 2, read: (buffer) => new Uint16Array(buffer) }],
  [elementTypes.int32, { bytes: 4, read: (buffer) => new Int32Array(buffer) }],
  [elementTypes.uint32, { bytes: 4, read: (buffer) => new Uint32Array(buffer) }],
  [elementTypes.float32, { bytes: 4, read: (buffer) => new Float32Array(buffer) }],
  [elementTypes.float64, { bytes: 8, read: (buffer) => new Float64Array(buffer) }],
  [elementTypes.int64, { bytes: 8, read: (buffer) => new BigInt64Array(buffer) }],
  [elementTypes.uint64, { bytes: 8, read: (buffer) => new BigUint64Array(buffer) }],
]);

/** The numbers of an element as they are stored; MATLAB stores small whole numbers in fewer bytes than the array's class. */
export function matNumbers(elements: MatElements, { type, data }: MatElement, count: number): MatNumbers {
  const storage = storages.get(type);
  if (storage === undefined) throw elements.fail(`an element of type ${type} does not hold numbers`);
  if (data.length !== count * storage.bytes) {
    throw elements.fail(`${count} numbers of ${storage.bytes} bytes were expected, there are ${data.length} bytes`);
  }
  const copy = new Uint8Array(data.length);
  copy.set(data);
  return storage.read(copy.buffer);
}

const strictly = { fatal: true, ignoreBOM: true } as const;
const latin1 = new TextDecoder('latin1', strictly);
const utf16 = new TextDecoder('utf-16le', strictly);

const decoders = new Map<number, TextDecoder>([
  [elementTypes.int8, latin1],
  [elementTypes.uint8, latin1],
  [elementTypes.utf8, new TextDecoder('utf-8', strictly)],
  [elementTypes.uint16, utf16],
  [elementTypes.utf16, utf16],
]);

/** The text of a character array. Throws DatasetError malformed_file. */
export function matText(elements: MatElements, { type, data }: MatElement, count: number): string {
  const decoder = decoders.get(type);
  if (decoder === undefined) throw elements.fail(`an element of type ${type} does not hold text`);
  let text: string;
  try {
    text = decoder.decode(data);
  } catch (cause) {
    throw elements.fail(`the text is not valid ${decoder.encoding}`, cause);
  }
  if (text.length !== count) throw elements.fail(`${count} characters were expected, there are ${text.length}`);
  return text;
}
