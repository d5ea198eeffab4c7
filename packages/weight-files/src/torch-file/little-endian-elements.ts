const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Turns little-endian elements of `size` bytes to the host's order, in place. `bytes` begins its buffer, so that a typed
 * array can be laid over it.
 */
export function littleEndianElements(
  bytes: Uint8Array<ArrayBuffer>,
  size: 1 | 2 | 4 | 8,
  swap = !hostIsLittleEndian,
): Uint8Array<ArrayBuffer> {
  if (!swap || size === 1) return bytes;
  const view = Buffer.from(bytes.buffer);
  if (size === 2) view.swap16();
  else if (size === 4) view.swap32();
  else view.swap64();
  return bytes;
}

/** The bytes of values as files hold them: the same memory where the host is little-endian, else a swapped copy. */
export function bytesOfValues(values: Float32Array | BigInt64Array, swap = !hostIsLittleEndian): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return swap ? littleEndianElements(new Uint8Array(bytes), values.BYTES_PER_ELEMENT as 4 | 8, true) : bytes;
}
