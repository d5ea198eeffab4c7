/** The header of a .npy file of little-endian float32 [rows, dim] (format 1.0 of NumPy's enhancement proposal 1). */
export function npyHeader(rows: number, dim: number): Uint8Array {
  const fields = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${dim}), }`;
  const prefixBytes = 10;
  const padding = 64 - ((prefixBytes + fields.length + 1) % 64);
  const text = `${fields}${' '.repeat(padding % 64)}\n`;
  const header = Buffer.alloc(prefixBytes + text.length);
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(text.length, 8);
  header.write(text, prefixBytes, 'latin1');
  return header;
}
