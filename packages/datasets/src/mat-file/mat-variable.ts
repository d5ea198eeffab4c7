import { inflateSync } from 'node:zlib';
import { elementTypes, MatElements, malformedMat } from './mat-elements.ts';
import { matMatrixBody, matMatrixHead } from './mat-matrix.ts';
import type { MatValue } from './mat-value.ts';

const HEADER_BYTES = 128;

/** All arrays of a file together, inflated. Cars196's annotations are 8 MB; a few bytes of zlib can claim gigabytes. */
const MAX_INFLATED_BYTES = 32 * 2 ** 20;

/**
 * Reads one variable of a MATLAB 5 file (little endian; numbers, text, cells and structs, compressed or not), by the
 * format's public description ("MAT-File Format", MathWorks). `file` is the name that messages give.
 * Throws DatasetError malformed_file; also when there is no such variable.
 */
export function matVariable(file: string, bytes: Uint8Array, name: string): MatValue {
  checkHeader(file, bytes);
  const elements = new MatElements(file, bytes.subarray(HEADER_BYTES), HEADER_BYTES);
  const names: string[] = [];
  let budget = MAX_INFLATED_BYTES;
  let found: MatValue | null = null;
  // The rest of the file is looked through too: one that was cut short behind the variable is broken all the same.
  while (elements.remaining > 0) {
    const { offset } = elements;
    const { type, data } = elements.next('a variable');
    let matrix = data;
    if (type === elementTypes.compressed) {
      const element = inflate(file, offset, data, budget);
      budget -= element.length;
      const inner = new MatElements(file, element, offset).next('a compressed variable');
      if (inner.type !== elementTypes.matrix) continue;
      matrix = inner.data;
    } else if (type !== elementTypes.matrix) continue;
    const content = new MatElements(file, matrix, offset);
    const head = matMatrixHead(content);
    if (head.name === name) found = matMatrixBody(content, head);
    names.push(head.name);
  }
  if (found !== null) return found;
  const present = names.length === 0 ? 'no variable' : names.join(', ');
  throw malformedMat(file, bytes.length, `the variable "${name}" was expected; the file has ${present}`);
}

function checkHeader(file: string, bytes: Uint8Array): void {
  const expected = 'a MATLAB 5 file was expected';
  const text = Buffer.from(bytes.subarray(0, HEADER_BYTES)).toString('latin1');
  if (text.startsWith('MATLAB 7.3')) throw malformedMat(file, 0, `${expected}, not version 7.3: save it with -v7`);
  if (bytes.length < HEADER_BYTES) throw malformedMat(file, 0, `${expected}, the file has ${bytes.length} bytes`);
  const endian = text.slice(126, 128);
  if (endian === 'MI') throw malformedMat(file, 126, `${expected} in little endian`);
  if (endian !== 'IM' || bytes[125] !== 1) throw malformedMat(file, 124, `${expected}, its header says something else`);
}

function inflate(file: string, offset: number, data: Uint8Array, budget: number): Uint8Array {
  try {
    return inflateSync(data, { maxOutputLength: Math.max(1, budget) });
  } catch (cause) {
    const isTooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const reason = isTooLarge ? `it inflates to more than ${MAX_INFLATED_BYTES} bytes` : 'it cannot be inflated';
    throw malformedMat(file, offset, reason, cause);
  }
}
