import {
  type BatchStreamOptions,
  type Dataset,
  evaluationBatches,
  type ImageList,
  openBatchStream,
} from '@spherelab/datasets';
import { colourHistogram } from '@spherelab/evaluation';
import type { StepBatch, StepInput } from './train-step.ts';

/** The lists of a data set that are embedded. */
export type ListPart = 'train' | 'test' | 'gallery';

/** Consecutive images of a list. */
export type ListBatch = {
  /** Rows from `count` on only fill the batch. */
  readonly input: StepInput;
  readonly count: number;
  /** Colour histograms of the images [count, 64]. */
  readonly colours: () => Float32Array;
};

/** What a run's step is fed with: pictures, or what the frozen stages made of them. */
export type RunInputs = {
  /** The batch of the next step. Rejects with DatasetError where an image of it cannot be read. */
  readonly next: () => Promise<StepBatch & { readonly step: number }>;
  /** A list in its order, in batches of one shape. */
  readonly list: (part: ListPart) => AsyncIterable<ListBatch>;
  readonly close: () => Promise<void>;
};

/** The images of a part; empty for the gallery of a data set that has none. */
export function imagesOf(dataset: Dataset, part: ListPart): ImageList {
  return dataset[part] ?? [];
}

/** Pictures as they are decoded, with the training transform for training. */
export function pictureInputs(dataset: Dataset, options: BatchStreamOptions): RunInputs {
  const stream = openBatchStream(dataset, options);
  return {
    next: async () => {
      const { step, pixels, labels } = await stream.next();
      return { step, input: pixels, labels };
    },
    list: (part) => pictureBatches(dataset, imagesOf(dataset, part), options.batchSize),
    close: () => Promise.resolve(),
  };
}

/** Images of a list with the test transform. */
export async function* pictureBatches(
  dataset: Pick<Dataset, 'pictures'>,
  images: ImageList,
  batchSize: number,
): AsyncGenerator<ListBatch & { readonly input: Uint8Array }> {
  for await (const { pixels, count } of evaluationBatches(dataset, images, batchSize)) {
    const held = pixels.subarray(0, (pixels.length / batchSize) * count);
    yield { input: pixels, count, colours: () => colourHistogram(held, count) };
  }
}
