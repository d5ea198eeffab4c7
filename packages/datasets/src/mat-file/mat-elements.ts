import { DatasetError } from '../dataset-error.ts';

/** Types of data elements (MAT-file format, version 5, table 1-1). */
export const elementTypes = {
  int8: 1,
  uint8: 2,
  int16: 3,
  uint16: 4,
  int32: 5,
  uint32: 6,
  float32: 7,
  float64: 9,
  int64: 12,
  uint64: 13,
  matrix: 14,
  compressed: 15,
  utf8: 16,
  utf16: 17,
  utf32: 18,
} as const;

export type MatElement = { readonly type: number; readonly data: Uint8Array };

/** A DatasetError that names the file, the place in it, and what is wrong there. */
export function malformedMat(file: string, offset: number, reason: string, cause?: unknown): DatasetError {
  return new DatasetError('malformed_file', `${file}, byte ${offset}: ${reason}`, { cause });
}

/** Reads the data elements of a part of a file one after the other. Nothing is read beyond the part's own bytes. */
export class MatElements {
  readonly file: string;
  readonly #bytes: Uint8Array;
  /** Where the bytes begin in the (inflated) file, for messages. */
  readonly #base: number;
  #at = 0;

  constructor(file: string, bytes: Uint8Array, base: number) {
    this.file = file;
    this.#bytes = bytes;
    this.#base = base;
  }

  get offset(): number {
    return this.#base + this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  fail(reason: string, cause?: unknown): DatasetError {
    return malformedMat(this.file, this.offset, reason, cause);
  }

  /** The next element and its padding to 8 bytes. Throws DatasetError malformed_file. */
  next(what: string): MatElement {
    if (this.remaining < 8) throw this.fail(`the file ends where ${what} should begin`);
    const word = this.#uint32(0);
    const smallSize = word >>> 16;
    if (smallSize !== 0) {
      if (smallSize > 4) throw this.fail(`${what} says that ${smallSize} bytes lie in a tag that holds 4`);
      return { type: word & 0xffff, data: this.#take(4, 4 + smallSize, 8) };
    }
    const size = this.#uint32(4);
    if (size > this.remaining - 8) {
      throw this.fail(`${what} says it has ${size} bytes, but only ${this.remaining - 8} follow`);
    }
    // Compressed elements are not padded.
    const padded = word === elementTypes.compressed ? size : Math.ceil(size / 8) * 8;
    return { type: word, data: this.#take(8, 8 + size, 8 + padded) };
  }

  #uint32(from: number): number {
    const at = this.#at + from;
    const byte = (index: number): number => this.#bytes[at + index] as number;
    return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0;
  }

  #take(from: number, to: number, end: number): Uint8Array {
    const data = this.#bytes.subarray(this.#at + from, this.#at + to);
    this.#at = Math.min(this.#at + end, this.#bytes.length);
    return data;
  }
}
