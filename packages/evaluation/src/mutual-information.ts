import type { Contingency } from './contingency.ts';

/** Mutual information of clusters and classes, in nats. */
export function mutualInformation({ total, cells }: Contingency): number {
  return cells.reduce(
    (sum, cell) => sum + (cell.count / total) * Math.log((total * cell.count) / (cell.cluster * cell.class)),
    0,
  );
}

/** Entropy of a division into groups of these sizes, in nats. */
export function clusterEntropy(sizes: readonly number[], total: number): number {
  return -sizes.reduce((sum, size) => sum + (size / total) * Math.log(size / total), 0);
}
