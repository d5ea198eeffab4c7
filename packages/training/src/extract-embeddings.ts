import type { ImageList } from '@spherelab/datasets';
import type { EmbeddingSet } from '@spherelab/evaluation';
import type { ListBatch } from './run-inputs.ts';
import type { TrainStep } from './train-step.ts';

export type ExtractOptions = {
  /** The images that the batches are of. */
  readonly images: ImageList;
  readonly batches: AsyncIterable<ListBatch>;
  readonly batchSize: number;
  readonly embed: TrainStep['embed'];
  /** Called after each batch; false ends the extraction. */
  readonly goOn: (batch: ListBatch) => Promise<boolean>;
};

/**
 * Embeds the images of a list in list order. Every batch has the same shape; rows that only fill the last one are
 * dropped. Resolves with null when `goOn` said to stop.
 */
export async function extractEmbeddings(options: ExtractOptions): Promise<EmbeddingSet | null> {
  const { images, batches, batchSize, embed, goOn } = options;
  let embeddings = new Float32Array(0);
  let dim = 0;
  let row = 0;
  for await (const batch of batches) {
    const values = embed(batch.input);
    dim = values.length / batchSize;
    if (row === 0) embeddings = new Float32Array(images.length * dim);
    embeddings.set(values.subarray(0, batch.count * dim), row * dim);
    row += batch.count;
    if (!(await goOn(batch))) return null;
  }
  return { embeddings, labels: Int32Array.from(images, ({ label }) => label), dim };
}
