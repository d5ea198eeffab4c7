type Values = Float32Array | Int32Array | Uint8Array | BigInt64Array;
type Binding = { readonly createTensor: (shape: number[], dtype: number, values: unknown) => number };

/** Bytes at which a copy begins: of no address that malloc gives is this much more a multiple of 64. */
const OFFSET = 8;
/** The copy is kept for the next tensor up to this many bytes. */
const KEPT_BYTES = 4 * 2 ** 20;

/**
 * A binding whose tensors have memory of their own. tfjs-node's lends an array's memory to TensorFlow where the array happens to begin
 * at a multiple of 64 bytes, and takes back its reference to it on whichever thread of TensorFlow drops the tensor last: the engine of
 * JavaScript allows that on its own thread only and crashes, some time later. A variable that was set from such an array also changed
 * with it. Of any other array TensorFlow makes a copy at once, so each is handed over from a place that is none.
 */
export function copiedInput<Native extends Binding>(binding: Native): Native {
  let kept = new ArrayBuffer(0);
  const room = (bytes: number): ArrayBuffer => {
    if (bytes > KEPT_BYTES) return new ArrayBuffer(bytes);
    if (kept.byteLength < bytes) kept = new ArrayBuffer(bytes);
    return kept;
  };
  const createTensor = (shape: number[], dtype: number, values: unknown): number => {
    if (!ArrayBuffer.isView(values)) return binding.createTensor(shape, dtype, values);
    const { byteLength, BYTES_PER_ELEMENT: width } = values as Values;
    const buffer = room(OFFSET + byteLength);
    const Kind = values.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => Values;
    const copy = new Kind(buffer, OFFSET, byteLength / width);
    new Uint8Array(buffer, OFFSET, byteLength).set(new Uint8Array(values.buffer, values.byteOffset, byteLength));
    return binding.createTensor(shape, dtype, copy);
  };
  return Object.create(binding, { createTensor: { value: createTensor } }) as Native;
}
