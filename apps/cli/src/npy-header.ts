/** What a .npy file says of itself; `start` is where its values begin. */
export type NpyHeader = {
  /** as NumPy writes it, such as <f4; '' for a structured type */
  readonly descr: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  readonly start: number;
};

export const npyMagic = '\x93NUMPY';

/** Reads the header of versions 1 to 3. @returns or what is wrong, as the end of a sentence about the file */
export function readNpyHeader(bytes: Uint8Array): NpyHeader | string {
  const latin1 = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('latin1');
  if (bytes.length < 10 || latin1(0, 6) !== npyMagic) return 'is not a .npy file';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = (bytes[6] ?? 0) >= 2;
  if (isLong && bytes.length < 12) return 'is cut short';
  const begin = isLong ? 12 : 10;
  const start = begin + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  if (start > bytes.length) return 'is cut short';
  const header = latin1(begin, start);
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
