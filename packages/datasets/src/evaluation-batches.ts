import type { ImageList } from './image-list.ts';
import { lookAhead } from './look-ahead.ts';
import type { Dataset } from './open-dataset.ts';

export type EvaluationBatch = {
  /** RGB bytes [batchSize, imageSize, imageSize, 3]; rows from `count` on are 0. */
  readonly pixels: Uint8Array;
  /** Rows that hold an image. */
  readonly count: number;
};

const BATCHES_AHEAD = 4;

/** The images of a list in its order with the test transform; every batch has the same shape, the last is padded. */
export async function* evaluationBatches(
  dataset: Pick<Dataset, 'pictures'>,
  list: ImageList,
  batchSize: number,
): AsyncGenerator<EvaluationBatch> {
  const batchCount = Math.ceil(list.length / batchSize);
  const next = lookAhead(
    async (index): Promise<EvaluationBatch> => {
      const entries = list.slice(index * batchSize, (index + 1) * batchSize);
      const pixels = await dataset.pictures.batch({ entries, rows: batchSize, training: null });
      return { pixels, count: entries.length };
    },
    { first: 0, end: batchCount, ahead: BATCHES_AHEAD },
  );
  for (let index = 0; index < batchCount; index += 1) yield await next();
}
