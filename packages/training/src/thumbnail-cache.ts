import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A picture that a thumbnail is of: its content (pictureContent), and the side of the crop that it shows, px. */
export type ThumbnailOf = { readonly content: string; readonly imageSize: number };

/** Thumbnails on disk by the content of their pictures, for all runs of this machine: making a thousand takes seconds. */
export type ThumbnailCache = {
  /** null where it is not there, or damaged. */
  readonly read: (of: ThumbnailOf) => Promise<Uint8Array | null>;
  /** Where it cannot be kept, it is made again next time. */
  readonly write: (of: ThumbnailOf, webp: Uint8Array) => Promise<void>;
};

const hashBytes = 32;

export function openThumbnailCache(cacheFolder: string): ThumbnailCache {
  const fileOf = ({ content, imageSize }: ThumbnailOf): string => {
    const name = createHash('sha256').update(`${content} ${imageSize}`).digest('hex');
    return path.join(cacheFolder, 'thumbnails', name.slice(0, 2), name);
  };
  return {
    read: async (of) => {
      const content = await readFile(fileOf(of)).catch(() => null);
      if (content === null || content.length <= hashBytes) return null;
      const webp = content.subarray(hashBytes);
      return createHash('sha256').update(webp).digest().equals(content.subarray(0, hashBytes)) ? webp : null;
    },
    write: async (of, webp) => {
      const file = fileOf(of);
      const temporary = `${file}.${process.pid}`;
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(temporary, Buffer.concat([createHash('sha256').update(webp).digest(), webp]));
        await rename(temporary, file);
      } catch {
        // A full or foreign disk.
      }
    },
  };
}
