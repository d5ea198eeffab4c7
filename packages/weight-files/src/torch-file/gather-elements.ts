type Words = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

function wordsOf(bytes: Uint8Array, size: 1 | 2 | 4 | 8): Words {
  // Typed arrays need an offset that their element size divides; what is not so is copied.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const count = bytes.length / size;
  if (size === 1) return aligned;
  if (size === 2) return new Uint16Array(aligned.buffer, aligned.byteOffset, count);
  if (size === 4) return new Uint32Array(aligned.buffer, aligned.byteOffset, count);
  return new BigUint64Array(aligned.buffer, aligned.byteOffset, count);
}

/**
 * Elements of `size` bytes at the given strides (in elements, from the front of `block`), row-major. At least one axis,
 * no axis of length 0; the caller has checked that they are inside.
 */
export function gatherElements(
  block: Uint8Array,
  size: 1 | 2 | 4 | 8,
  shape: readonly number[],
  stride: readonly number[],
): Uint8Array<ArrayBuffer> {
  const count = shape.reduce((product, length) => product * length, 1);
  const result = new Uint8Array(count * size);
  const from = wordsOf(block, size) as Uint32Array;
  const to = wordsOf(result, size) as Uint32Array;
  const last = shape.length - 1;
  const innerLength = shape[last] as number;
  const innerStride = stride[last] as number;
  const index = shape.map(() => 0);
  for (let at = 0, offset = 0; at < count; ) {
    for (let i = 0; i < innerLength; i += 1) to[at + i] = from[offset + i * innerStride] as number;
    at += innerLength;
    // The next row: like an odometer, the rightmost of the outer axes that is not at its end moves on.
    for (let axis = last - 1; axis >= 0; axis -= 1) {
      index[axis] = (index[axis] as number) + 1;
      offset += stride[axis] as number;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      offset -= (shape[axis] as number) * (stride[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}
