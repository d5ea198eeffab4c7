import { classBalancedSampler } from './class-balanced-sampler.ts';
import type { ImageEntry } from './image-list.ts';
import { lookAhead } from './look-ahead.ts';
import type { Dataset } from './open-dataset.ts';

export type BatchStreamOptions = {
  readonly batchSize: number;
  readonly instances: number;
  readonly seed: number;
  /** First step that is asked for; a resumed run begins in the middle. */
  readonly firstStep: number;
  /** No batch of this step or a later one is made. */
  readonly endStep: number;
};

export type TrainingBatch = {
  readonly step: number;
  /** RGB bytes [batch, imageSize, imageSize, 3], the batch's own memory. */
  readonly pixels: Uint8Array;
  /** Index of the class of each row. */
  readonly labels: Int32Array;
};

export type BatchStream = {
  readonly batchesPerEpoch: number;
  /** The batch of the next step. Rejects with DatasetError when an image of it cannot be read. */
  readonly next: () => Promise<TrainingBatch>;
};

/** Enough that threads still have work while one step is slow. */
const BATCHES_AHEAD = 4;

/**
 * Class-balanced training batches, made ahead by the data set's threads. The batch of a step depends on the lists, the
 * seed and the step alone. Throws DatasetError invalid_batch or too_few_classes.
 */
export function openBatchStream(dataset: Dataset, options: BatchStreamOptions): BatchStream {
  const { batchSize, seed } = options;
  const sampler = classBalancedSampler(dataset.train, options);
  const make = async (step: number): Promise<TrainingBatch> => {
    const entries = Array.from(sampler.batchAt(step), (index) => dataset.train[index] as ImageEntry);
    const pixels = await dataset.pictures.batch({ entries, rows: batchSize, training: { seed, step } });
    return { step, pixels, labels: Int32Array.from(entries, ({ label }) => label) };
  };
  const range = { first: options.firstStep, end: options.endStep, ahead: BATCHES_AHEAD };
  return { batchesPerEpoch: sampler.batchesPerEpoch, next: lookAhead(make, range) };
}
