import type { Batch } from './objective-of.ts';

/** A repeatable generator for test inputs (mulberry32): uniform in [0, 1). */
export function testRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type BatchShape = { readonly classes: number; readonly instances: number; readonly dim: number };

/** Rows around a direction of their class, with norms that vary. */
export function randomBatch({ classes, instances, dim }: BatchShape, seed: number, spread = 1): Batch {
  const random = testRandom(seed);
  const signed = (): number => 2 * random() - 1;
  const centres = Array.from({ length: classes }, () => Array.from({ length: dim }, signed));
  const labels = Int32Array.from({ length: classes * instances }, (_, row) => 7 * (row % classes) + 2);
  const features = Float32Array.from({ length: classes * instances * dim }, (_, at) => {
    const row = Math.floor(at / dim);
    const centre = (centres[row % classes] as number[])[at % dim] as number;
    return (1 + (row % 5)) * (centre + spread * signed());
  });
  return { features, dim, labels, instances };
}

/** A vector for each class up to the largest label, for a loss that learns some. */
export function proxiesFor({ labels, dim }: Pick<Batch, 'labels' | 'dim'>): Float32Array {
  const random = testRandom(77);
  return Float32Array.from({ length: (Math.max(...labels) + 1) * dim }, () => 4 * random() - 2);
}

export function rowsOf({ features, dim }: Pick<Batch, 'features' | 'dim'>): number[][] {
  return Array.from({ length: features.length / dim }, (_, i) => [...features.subarray(i * dim, (i + 1) * dim)]);
}

/** The batch with rows in the given order. */
export function permuted(batch: Batch, order: readonly number[]): Batch {
  const rows = rowsOf(batch);
  return {
    ...batch,
    features: Float32Array.from(order.flatMap((row) => rows[row] as number[])),
    labels: Int32Array.from(order, (row) => batch.labels[row] as number),
  };
}
