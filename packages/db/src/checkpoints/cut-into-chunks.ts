/** Bytes of a stored piece: large enough for few statements, small enough for little memory on both ends. */
export const chunkBytes = 1 << 20;

/**
 * Pieces of any size as pieces of one size. The first `headBytes` are cut on their own, so only the last piece of the head and
 * the last of all may be shorter.
 */
export async function* cutIntoChunks(
  content: AsyncIterable<Uint8Array>,
  headBytes: number,
): AsyncGenerator<Uint8Array> {
  let headLeft = headBytes;
  const nextSize = () => (headLeft > 0 ? Math.min(headLeft, chunkBytes) : chunkBytes);
  let chunk = new Uint8Array(nextSize());
  let filled = 0;
  for await (const piece of content) {
    for (let offset = 0; offset < piece.length; ) {
      const part = piece.subarray(offset, offset + chunk.length - filled);
      chunk.set(part, filled);
      filled += part.length;
      offset += part.length;
      if (filled < chunk.length) continue;
      headLeft -= filled;
      yield chunk;
      chunk = new Uint8Array(nextSize());
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
