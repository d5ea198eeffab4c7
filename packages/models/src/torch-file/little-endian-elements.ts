const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A copy of little-endian elements of `size` bytes in the host's order, aligned, in a buffer of its own. */
export function littleEndianElements(
  bytes: Uint8Array,
  size: 1 | 2 | 4 | 8,
  swap = !hostIsLittleEndian,
): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  if (!swap || size === 1) return copy;
  const view = Buffer.from(copy.buffer);
  if (size === 2) view.swap16();
  else if (size === 4) view.swap32();
  else view.swap64();
  return copy;
}

/** The bytes of values as files hold them: the same memory where the host is little-endian, else a swapped copy. */
export function bytesOfValues(values: Float32Array | BigInt64Array, swap = !hostIsLittleEndian): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return swap ? littleEndianElements(bytes, values.BYTES_PER_ELEMENT as 4 | 8, true) : bytes;
}
