import { readNpyHeader } from '@spherelab/weight-files/npy';

/** Rows of numbers. */
export type Matrix = { readonly values: Float32Array; readonly rows: number; readonly dim: number };

/** The rows of a .npy file of little-endian float32 [rows, dim]. @throws Error for any other */
export function floatRows(file: ArrayBuffer): Matrix {
  const header = readNpyHeader(new Uint8Array(file));
  if (typeof header === 'string') throw new Error(`the file ${header}`);
  const [rows, dim] = header.shape;
  if (header.descr !== '<f4' || header.isFortran || rows === undefined || dim === undefined) {
    throw new Error(`not a file of float32 rows: ${header.descr} [${header.shape}]`);
  }
  return { values: new Float32Array(file.slice(header.start), 0, rows * dim), rows, dim };
}
