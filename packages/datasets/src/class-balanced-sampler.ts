import { counterRandom, type Draws } from './counter-random.ts';
import { DatasetError } from './dataset-error.ts';
import type { ImageList } from './image-list.ts';

export type SamplerOptions = {
  readonly batchSize: number;
  /** Images of each class in a batch. */
  readonly instances: number;
  readonly seed: number;
};

export type ClassBalancedSampler = {
  /** floor(images / batchSize), as the reference counts; batches are drawn on their own, so not every image comes. */
  readonly batchesPerEpoch: number;
  /** Indices into the list for the batch of that step; images of a class are adjacent. */
  readonly batchAt: (step: number) => Int32Array;
};

/** `count` different numbers of 0 .. size - 1, uniformly, in random order. */
function drawWithoutReplacement(size: number, count: number, { integer }: Draws): number[] {
  const moved = new Map<number, number>();
  return Array.from({ length: count }, (_, taken) => {
    const pick = taken + integer(size - taken);
    const chosen = moved.get(pick) ?? pick;
    moved.set(pick, moved.get(taken) ?? taken);
    return chosen;
  });
}

function checkBatch({ batchSize, instances }: SamplerOptions, classes: number): void {
  if (batchSize % instances !== 0) {
    throw new DatasetError('invalid_batch', `batch_size ${batchSize} is not a multiple of instances ${instances}`, {
      field: 'batch_size',
    });
  }
  if (batchSize / instances > classes) {
    throw new DatasetError(
      'too_few_classes',
      `a batch needs ${batchSize / instances} classes, the training list has ${classes}`,
      { field: 'batch_size' },
    );
  }
}

/**
 * The reference's class-balanced batches: batchSize / instances classes uniformly without replacement, anew for every
 * batch, then `instances` images of each without replacement, or with it where the class has fewer.
 * Throws DatasetError invalid_batch or too_few_classes.
 */
export function classBalancedSampler(list: ImageList, options: SamplerOptions): ClassBalancedSampler {
  const { batchSize, instances, seed } = options;
  const imagesOf = new Map<number, number[]>();
  for (const [index, { label }] of list.entries()) {
    const images = imagesOf.get(label);
    if (images === undefined) imagesOf.set(label, [index]);
    else images.push(index);
  }
  const classes = [...imagesOf.values()];
  checkBatch(options, classes.length);
  const batchAt = (step: number): Int32Array => {
    const chosen = drawWithoutReplacement(
      classes.length,
      batchSize / instances,
      counterRandom(seed, 'batch-classes', step, 0),
    );
    const batch = new Int32Array(batchSize);
    for (const [position, classIndex] of chosen.entries()) {
      const images = classes[classIndex] as number[];
      const draws = counterRandom(seed, 'batch-images', step, position);
      const picks =
        images.length >= instances
          ? drawWithoutReplacement(images.length, instances, draws)
          : Array.from({ length: instances }, () => draws.integer(images.length));
      for (const [item, pick] of picks.entries()) batch[position * instances + item] = images[pick] as number;
    }
    return batch;
  };
  return { batchesPerEpoch: Math.floor(list.length / batchSize), batchAt };
}
