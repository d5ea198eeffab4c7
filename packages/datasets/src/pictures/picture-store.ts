import type { ImageEntry } from '../image-list.ts';
import { CacheAllowance, type CacheLimit } from './cache-allowance.ts';
import type { PictureItem, ResizedPicture } from './picture-task.ts';
import type { PictureThreads } from './picture-threads.ts';

export type PictureBatch = {
  readonly entries: readonly ImageEntry[];
  /** At least the number of entries; further rows are 0. */
  readonly rows: number;
  readonly training: { readonly seed: number; readonly step: number } | null;
};

export type PictureStoreOptions = {
  readonly folder: string | null;
  /** SHA-256 (hex) that each file must have, by path; null: whatever is there is read. */
  readonly hashes: ReadonlyMap<string, string> | null;
  readonly imageSize: number;
  /** How many bytes of resized pictures are kept. */
  readonly memoryBytes: number;
  /** Where resized pictures are kept between runs; null: nowhere. */
  readonly cache: CacheLimit | null;
  readonly threads: PictureThreads;
};

/**
 * Makes batches of pictures. Resized pictures are kept in memory until its bound is reached, and on disk, where the next
 * run finds them too. What is kept changes the speed, never a pixel.
 */
export class PictureStore {
  readonly #options: PictureStoreOptions;
  readonly #kept = new Map<string, ResizedPicture>();
  readonly #allowance: CacheAllowance | null;
  #keptBytes = 0;

  constructor(options: PictureStoreOptions) {
    this.#options = options;
    this.#allowance = options.cache === null || options.folder === null ? null : new CacheAllowance(options.cache);
  }

  /** RGB bytes [rows, imageSize, imageSize, 3], in memory that nothing else uses. Rejects with DatasetError. */
  async batch({ entries, rows, training }: PictureBatch): Promise<Uint8Array> {
    const { threads, folder, hashes, imageSize, memoryBytes } = this.#options;
    const items: PictureItem[] = entries.map(({ path, label }) => ({
      path,
      label,
      sha256: hashes?.get(path) ?? null,
      resized: this.#kept.get(path) ?? null,
    }));
    const cache = this.#allowance?.take() ?? null;
    const keepBytes = memoryBytes - this.#keptBytes;
    let cachedBytes = cache?.room ?? 0; // stays so for a task that fails: nobody knows how much it wrote
    try {
      const reply = await threads.run({ folder, imageSize, rows, training, items, keepBytes, cache });
      cachedBytes = reply.cachedBytes;
      for (const [position, picture] of reply.resized) this.#keep((entries[position] as ImageEntry).path, picture);
      return reply.pixels;
    } finally {
      if (cache !== null) this.#allowance?.settle(cache, cachedBytes);
    }
  }

  #keep(path: string, picture: ResizedPicture): void {
    const bytes = picture.bytes.byteLength;
    if (this.#kept.has(path) || this.#keptBytes + bytes > this.#options.memoryBytes) return;
    this.#kept.set(path, picture);
    this.#keptBytes += bytes;
  }
}
