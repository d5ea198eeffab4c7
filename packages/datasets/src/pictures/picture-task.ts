import type { DatasetErrorCode } from '../dataset-error.ts';

/** A picture whose shorter side is already resized, in memory that all threads share. */
export type ResizedPicture = { readonly width: number; readonly height: number; readonly bytes: SharedArrayBuffer };

export type PictureItem = { readonly path: string; readonly label: number; readonly resized: ResizedPicture | null };

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
};

export type PictureReply =
  | {
      readonly id: number;
      readonly pixels: Uint8Array<ArrayBuffer>; // [rows, imageSize, imageSize, 3]
      /** Pictures that were not yet resized, by position in `items`. */
      readonly resized: readonly (readonly [number, ResizedPicture])[];
    }
  | { readonly id: number; readonly error: { readonly code: DatasetErrorCode | null; readonly message: string } };
