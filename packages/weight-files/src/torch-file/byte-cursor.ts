import { type ByteReader, readExactly } from './byte-reader.ts';
import { TorchFileError } from './torch-file-error.ts';

const WINDOW_BYTES = 1 << 16;
/** A text line of a pickle is a name or a number. */
const MAX_LINE_BYTES = 4096;
const NEWLINE = 0x0a;

/** Reads a source front to back through a small window, so that a pickle before 45 MB of values costs no 45 MB. */
export class ByteCursor {
  offset: number;
  readonly #source: ByteReader;
  #window: Uint8Array = new Uint8Array(0);
  #windowOffset = 0;

  constructor(source: ByteReader, offset = 0) {
    this.#source = source;
    this.offset = offset;
  }

  uint8(): number {
    const index = this.offset - this.#windowOffset;
    const byte = index >= 0 ? this.#window[index] : undefined;
    if (byte === undefined) return this.take(1)[0] as number;
    this.offset += 1;
    return byte;
  }

  /** The next `length` bytes; a view that must not be changed. */
  take(length: number): Uint8Array {
    const start = this.offset - this.#windowOffset;
    if (start < 0 || start + length > this.#window.length) {
      const left = Math.max(0, this.#source.size - this.offset);
      const wanted = Math.max(length, Math.min(WINDOW_BYTES, left));
      this.#window = readExactly(this.#source, this.offset, wanted, 'the pickle');
      this.#windowOffset = this.offset;
    }
    const from = this.offset - this.#windowOffset;
    this.offset += length;
    return this.#window.subarray(from, from + length);
  }

  view(length: number): DataView {
    const bytes = this.take(length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  /** A length of 8 bytes, as a number; what is beyond 2^53 is beyond every file. */
  uint64(): number {
    return Number(this.view(8).getBigUint64(0, true));
  }

  /** Latin-1 text up to the next newline, which is read and left out. */
  line(): string {
    let text = '';
    for (let byte = this.uint8(); byte !== NEWLINE; byte = this.uint8()) {
      if (text.length >= MAX_LINE_BYTES) throw new TorchFileError('the pickle has a line without an end');
      text += String.fromCharCode(byte);
    }
    return text;
  }
}
