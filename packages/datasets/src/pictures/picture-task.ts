import type { DatasetErrorCode } from '../dataset-error.ts';

/** A picture whose shorter side is already resized, in memory that all threads share. */
export type ResizedPicture = { readonly width: number; readonly height: number; readonly bytes: SharedArrayBuffer };

export type PictureItem = {
  readonly path: string;
  readonly label: number;
  /** What the file's bytes hashed to when the data set was opened; null: nobody has looked. */
  readonly sha256: string | null;
  readonly resized: ResizedPicture | null;
};

/** A folder of resized pictures on disk, as one task may use it. */
export type CacheUse = {
  readonly folder: string;
  readonly limitBytes: number;
  /** How many bytes the task may write. */
  readonly room: number;
  /** The task shall make room first, by removing what was used least recently. */
  readonly sweep: boolean;
};

/** One batch of work for a thread: the pictures of `items`, transformed for training or for evaluation. */
export type PictureTask = {
  readonly id: number;
  /** null: the pictures are drawn, not read. */
  readonly folder: string | null;
  readonly imageSize: number;
  /** Rows of the result; those after the last item stay 0. */
  readonly rows: number;
  /** Set for the training transform: every draw follows from it and the item's place in the batch. */
  readonly training: { readonly seed: number; readonly step: number } | null;
  readonly items: readonly PictureItem[];
  /** How many bytes of resized pictures are wanted back, to be kept in memory. */
  readonly keepBytes: number;
  /** null: nothing is read from disk but the pictures themselves. */
  readonly cache: CacheUse | null;
};

export type PictureReply =
  | {
      readonly id: number;
      readonly pixels: Uint8Array<ArrayBuffer>; // [rows, imageSize, imageSize, 3]
      /** Pictures that were not yet in memory, as many as were wanted, by position in `items`. */
      readonly resized: readonly (readonly [number, ResizedPicture])[];
      /** Bytes written to the cache. */
      readonly cachedBytes: number;
    }
  | { readonly id: number; readonly error: { readonly code: DatasetErrorCode | null; readonly message: string } };
