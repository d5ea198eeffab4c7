import { open } from 'node:fs/promises';

/** A header longer than this is none: the file is of another format. */
const longestHead = 64 << 20;

/** Bytes of a safetensors file before its tensors: 8 with the header's length, then the header. 0 for other files. */
export async function checkpointHeadBytes(file: string): Promise<number> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    if (bytesRead < 8) return 0;
    const length = buffer.readBigUInt64LE();
    return length > longestHead ? 0 : 8 + Number(length);
  } finally {
    await handle.close();
  }
}
