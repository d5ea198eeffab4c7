import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readHashedFile, withHash } from './hashed-file.ts';

/** A picture that a thumbnail is of: its content (pictureContent), and the side of the crop that it shows, px. */
export type ThumbnailOf = { readonly content: string; readonly imageSize: number };

/** Thumbnails on disk by the content of their pictures, for all runs of this machine: making a thousand takes seconds. */
export type ThumbnailCache = {
  /** null where it is not there, or damaged. */
  readonly read: (of: ThumbnailOf) => Promise<Uint8Array | null>;
  /** Where it cannot be kept, it is made again next time. */
  readonly write: (of: ThumbnailOf, webp: Uint8Array) => Promise<void>;
};

export function openThumbnailCache(cacheFolder: string): ThumbnailCache {
  const fileOf = ({ content, imageSize }: ThumbnailOf): string => {
    const name = createHash('sha256').update(`${content} ${imageSize}`).digest('hex');
    return path.join(cacheFolder, 'thumbnails', name.slice(0, 2), name);
  };
  return {
    read: (of) => readHashedFile(fileOf(of)),
    write: async (of, webp) => {
      const file = fileOf(of);
      const temporary = `${file}.${process.pid}`;
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(temporary, withHash(webp));
        await rename(temporary, file);
      } catch {
        // A full or foreign disk.
      }
    },
  };
}
