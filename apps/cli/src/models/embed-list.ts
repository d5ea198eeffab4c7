import type { Dataset, ImageList } from '@spherelab/datasets';
import { createProgressLine } from '../output/progress-line.ts';
import type { Model } from './load-model.ts';

/** Images a batch. */
const batchSize = 64;

/** Embeds the images of a list with the test transform, in its order, with a progress display: rows [n, dim], raw. */
export async function embedList(
  dataset: Pick<Dataset, 'pictures'>,
  list: ImageList,
  model: Model,
): Promise<Float32Array> {
  const { evaluationBatches } = await import('@spherelab/datasets');
  const { embeddingDim } = model.options;
  const progress = createProgressLine();
  const rows = new Float32Array(list.length * embeddingDim);
  let done = 0;
  for await (const { pixels, count } of evaluationBatches(dataset, list, batchSize)) {
    rows.set(model.embed(pixels, batchSize).subarray(0, count * embeddingDim), done * embeddingDim);
    done += count;
    progress.show(done / list.length, `${done}/${list.length} pictures`);
  }
  progress.end();
  return rows;
}
