import type { NativeBinding } from './native-backend.ts';

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
export function copiedInput(binding: NativeBinding): NativeBinding {
  let kept = new ArrayBuffer(0);
  const room = (bytes: number): ArrayBuffer => {
    if (bytes > KEPT_BYTES) return new ArrayBuffer(bytes);
    if (kept.byteLength < bytes) kept = new ArrayBuffer(bytes);
    return kept;
  };
  const createTensor: NativeBinding['createTensor'] = (shape, dtype, values) => {
    // tfjs hands over text as a list.
    if (!ArrayBuffer.isView(values)) return binding.createTensor(shape, dtype, values);
    // A Buffer is bytes, and its constructor is not for use.
    const Kind = (values instanceof Uint8Array ? Uint8Array : values.constructor) as Uint8ArrayConstructor;
    const copy = new Kind(room(OFFSET + values.byteLength), OFFSET, values.length);
    copy.set(values);
    return binding.createTensor(shape, dtype, copy);
  };
  return Object.create(binding, { createTensor: { value: createTensor } }) as NativeBinding;
}
