import type { ImageEntry } from '../image-list.ts';
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
  readonly imageSize: number;
  /** How many bytes of resized pictures are kept. */
  readonly memoryBytes: number;
  readonly threads: PictureThreads;
};

/**
 * Makes batches of pictures, and keeps resized pictures in memory until the bound is reached: where all fit, each is
 * decoded once. What is kept changes the speed, never a pixel.
 */
export class PictureStore {
  readonly #options: PictureStoreOptions;
  readonly #kept = new Map<string, ResizedPicture>();
  #keptBytes = 0;

  constructor(options: PictureStoreOptions) {
    this.#options = options;
  }

  /** RGB bytes [rows, imageSize, imageSize, 3], in memory that nothing else uses. Rejects with DatasetError. */
  async batch({ entries, rows, training }: PictureBatch): Promise<Uint8Array> {
    const { threads, folder, imageSize } = this.#options;
    const items: PictureItem[] = entries.map(({ path, label }) => ({
      path,
      label,
      resized: this.#kept.get(path) ?? null,
    }));
    const { pixels, resized } = await threads.run({ folder, imageSize, rows, training, items });
    for (const [position, picture] of resized) this.#keep((entries[position] as ImageEntry).path, picture);
    return pixels;
  }

  #keep(path: string, picture: ResizedPicture): void {
    const bytes = picture.bytes.byteLength;
    if (this.#kept.has(path) || this.#keptBytes + bytes > this.#options.memoryBytes) return;
    this.#kept.set(path, picture);
    this.#keptBytes += bytes;
  }
}
