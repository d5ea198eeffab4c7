/** Rows of numbers. */
export type Matrix = { readonly values: Float32Array; readonly rows: number; readonly dim: number };

const headerStart = 10;

/** Reads a .npy file of little-endian float32 [rows, dim], format 1.0. @throws Error for any other */
export function parseNpy(file: ArrayBuffer): Matrix {
  const length = new DataView(file).getUint16(8, true);
  const header = new TextDecoder('latin1').decode(new Uint8Array(file, headerStart, length));
  const shape = /'descr': '<f4'.*'fortran_order': False.*'shape': \((\d+), (\d+)\)/.exec(header);
  if (!shape) throw new Error(`not a file of float32 rows: ${header.trim()}`);
  const [rows, dim] = [Number(shape[1]), Number(shape[2])];
  return { values: new Float32Array(file.slice(headerStart + length), 0, rows * dim), rows, dim };
}
