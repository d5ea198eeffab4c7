import { contingency } from './contingency.ts';

function entropy(sizes: readonly number[], total: number): number {
  return -sizes.reduce((sum, size) => sum + (size / total) * Math.log(size / total), 0);
}

/**
 * Normalised mutual information 2 I(clusters, classes) / (H(clusters) + H(classes)) of an assignment, 0..1.
 * One cluster and one class give 0/0 = NaN, as in the reference. Throws EvaluationError for other lengths or no rows.
 */
export function nmi(assignment: Int32Array, labels: Int32Array): number {
  const { total, clusters, classes, cells } = contingency(assignment, labels);
  const information = cells.reduce(
    (sum, cell) => sum + (cell.count / total) * Math.log((total * cell.count) / (cell.cluster * cell.class)),
    0,
  );
  return (2 * information) / (entropy(clusters, total) + entropy(classes, total));
}
