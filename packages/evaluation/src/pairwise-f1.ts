import { contingency } from './contingency.ts';
import { EvaluationError } from './evaluation-error.ts';

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}

function pairsWithin(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + pairs(size), 0);
}

/**
 * F1 over pairs of rows: precision = pairs that share cluster and class / pairs that share a cluster, recall = the same /
 * pairs that share a class. 0..1. Where no pair shares a cluster, or none a class, the reference divides by zero: throws
 * EvaluationError `no_positive_pairs`. Also for other lengths or no rows.
 */
export function pairwiseF1(assignment: Int32Array, labels: Int32Array): number {
  const { clusters, classes, cells } = contingency(assignment, labels);
  const sameCluster = pairsWithin(clusters);
  const sameClass = pairsWithin(classes);
  if (sameCluster === 0) throw new EvaluationError('no_positive_pairs', 'no two rows share a cluster');
  if (sameClass === 0) throw new EvaluationError('no_positive_pairs', 'no two rows share a class');
  const both = pairsWithin(cells.map(({ count }) => count));
  return (2 * both) / (sameCluster + sameClass);
}
