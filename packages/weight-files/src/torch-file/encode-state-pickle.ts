/** A tensor to write: float32 or int64, row-major. */
export type StateTensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
};

const STOP = '.';
const MARK = '(';

function uint32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
}

/** Bytes of a pickle of protocol 2, written front to back. */
class PickleWriter {
  readonly bytes: number[] = [0x80, 2];
  readonly #memo = new Map<string, number>();

  opcode(...opcodes: string[]): void {
    for (const opcode of opcodes) this.bytes.push(opcode.charCodeAt(0));
  }

  text(value: string): void {
    const utf8 = new TextEncoder().encode(value);
    this.opcode('X');
    this.bytes.push(...uint32(utf8.length), ...utf8);
  }

  integer(value: number): void {
    if (value >= 0 && value < 256) this.bytes.push(0x4b, value);
    else if (value >= -(2 ** 31) && value < 2 ** 31) this.bytes.push(0x4a, ...uint32(value));
    else {
      const wide = new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
      this.bytes.push(0x8a, 8, ...(new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? wide : wide.reverse()));
    }
  }

  /** Written once, and then by its number in the memo. */
  shared(key: string, write: () => void): void {
    const known = this.#memo.get(key);
    if (known !== undefined) {
      this.bytes.push(0x68, known);
      return;
    }
    write();
    this.bytes.push(0x71, this.#memo.size);
    this.#memo.set(key, this.#memo.size);
  }

  global(module: string, name: string): void {
    this.shared(`${module}.${name}`, () => {
      for (const byte of new TextEncoder().encode(`c${module}\n${name}\n`)) this.bytes.push(byte);
    });
  }

  sharedText(value: string): void {
    this.shared(`text ${value}`, () => this.text(value));
  }

  integers(values: readonly number[]): void {
    this.opcode(MARK);
    for (const value of values) this.integer(value);
    this.opcode('t');
  }
}

function rowMajorStride(shape: readonly number[]): number[] {
  const stride = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) {
    stride[axis] = (stride[axis + 1] as number) * Math.max(1, shape[axis + 1] as number);
  }
  return stride;
}

function emptyOrderedDict(writer: PickleWriter): void {
  writer.global('collections', 'OrderedDict');
  writer.opcode(')', 'R');
}

/** The OrderedDict of tensors that torch.save pickles; the values of tensor i lie in record data/i. */
export function encodeStatePickle(tensors: readonly StateTensor[]): Uint8Array {
  const writer = new PickleWriter();
  emptyOrderedDict(writer);
  writer.opcode(MARK);
  for (const [index, { name, shape, values }] of tensors.entries()) {
    writer.text(name);
    writer.global('torch._utils', '_rebuild_tensor_v2');
    writer.opcode(MARK, MARK);
    writer.sharedText('storage');
    writer.global('torch', values instanceof Float32Array ? 'FloatStorage' : 'LongStorage');
    writer.text(String(index));
    writer.sharedText('cpu');
    writer.integer(values.length);
    writer.opcode('t', 'Q');
    writer.integer(0);
    writer.integers(shape);
    writer.integers(rowMajorStride(shape));
    writer.bytes.push(0x89); // requires_grad: false
    emptyOrderedDict(writer);
    writer.opcode('t', 'R');
  }
  writer.opcode('u', STOP);
  return Uint8Array.from(writer.bytes);
}
