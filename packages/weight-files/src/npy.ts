/** What a .npy file says of itself (NumPy's enhancement proposal 1); `start` is where its values begin. */
export type NpyHeader = {
  /** as NumPy writes it, such as <f4; '' for a structured type */
  readonly descr: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  readonly start: number;
};

const magic = '\x93NUMPY';
/** Bytes before the text of a version 1 header. */
const prefixBytes = 10;
/** NumPy aligns values to this. */
const alignment = 64;

/** The bytes before the values of a version 1 file in C order. @param descr such as <f4 */
export function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const shapeText = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const fields = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shapeText}, }`;
  const length = Math.ceil((prefixBytes + fields.length + 1) / alignment) * alignment;
  const text = `${magic}\x01\x00..${fields.padEnd(length - prefixBytes - 1)}\n`;
  const header = Uint8Array.from(text, (character) => character.charCodeAt(0));
  new DataView(header.buffer).setUint16(8, length - prefixBytes, true);
  return header;
}

/** Reads the header of versions 1 to 3. @returns or what is wrong, as the end of a sentence about the file */
export function readNpyHeader(bytes: Uint8Array): NpyHeader | string {
  const latin1 = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes.length < prefixBytes || latin1(0, magic.length) !== magic) return 'is not a .npy file';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = (bytes[6] ?? 0) >= 2;
  if (isLong && bytes.length < 12) return 'is cut short';
  const begin = isLong ? 12 : prefixBytes;
  const start = begin + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  if (start > bytes.length) return 'is cut short';
  const header = new TextDecoder('latin1').decode(bytes.subarray(begin, start));
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (shape === undefined) return 'has no shape';
  const sizes = shape
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(Number);
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? '';
  return { descr, isFortran: /'fortran_order':\s*True/.test(header), shape: sizes, start };
}
