import { type Dataset, evaluationBatches, type ImageList } from '@spherelab/datasets';
import type { EmbeddingSet } from '@spherelab/evaluation';
import type { TrainStep } from './train-step.ts';

export type ExtractOptions = {
  readonly dataset: Dataset;
  readonly list: ImageList;
  readonly batchSize: number;
  readonly embed: TrainStep['embed'];
  /** Called after each batch; false ends the extraction. */
  readonly goOn: (pixels: Uint8Array, count: number) => Promise<boolean>;
};

/**
 * Embeds the images of a list with the test transform, in list order. Every batch has the same shape; rows that only
 * pad the last one are dropped. Resolves with null when `goOn` said to stop.
 */
export async function extractEmbeddings(options: ExtractOptions): Promise<EmbeddingSet | null> {
  const { dataset, list, batchSize, embed, goOn } = options;
  let embeddings = new Float32Array(0);
  let dim = 0;
  let row = 0;
  for await (const { pixels, count } of evaluationBatches(dataset, list, batchSize)) {
    const values = embed(pixels);
    dim = values.length / batchSize;
    if (row === 0) embeddings = new Float32Array(list.length * dim);
    embeddings.set(values.subarray(0, count * dim), row * dim);
    row += count;
    if (!(await goOn(pixels, count))) return null;
  }
  return { embeddings, labels: Int32Array.from(list, ({ label }) => label), dim };
}
