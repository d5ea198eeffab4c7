import type { EmbeddingSet } from '../src/index.ts';

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

/** Rows around one centre for each label, with norms that vary; classes may have any sizes. */
export function randomEmbeddings(labels: readonly number[], dim: number, spread: number, seed: number): EmbeddingSet {
  const random = testRandom(seed);
  const signed = (): number => 2 * random() - 1;
  const centres = new Map(
    [...new Set(labels)].sort((a, b) => a - b).map((label) => [label, Array.from({ length: dim }, signed)]),
  );
  const rows = labels.flatMap((label) => {
    const scale = 0.5 + 4 * random();
    return (centres.get(label) as number[]).map((value) => scale * (value + spread * signed()));
  });
  return { embeddings: Float32Array.from(rows), labels: Int32Array.from(labels), dim };
}

/** Labels 0 .. classes - 1 in turn. */
export function balancedLabels(classes: number, each: number): number[] {
  return Array.from({ length: classes * each }, (_, i) => i % classes);
}

/** Rows of a set in another order. */
export function reordered({ embeddings, labels, dim }: EmbeddingSet, order: readonly number[]): EmbeddingSet {
  return {
    embeddings: Float32Array.from(order.flatMap((row) => [...embeddings.subarray(row * dim, (row + 1) * dim)])),
    labels: Int32Array.from(order, (row) => labels[row] as number),
    dim,
  };
}
