import { contingency } from './contingency.ts';
import { clusterEntropy, mutualInformation } from './mutual-information.ts';

/**
 * Normalised mutual information 2 I(clusters, classes) / (H(clusters) + H(classes)) of an assignment, 0..1.
 * One cluster and one class give 0/0 = NaN, as in the reference. Throws EvaluationError for other lengths or no rows.
 */
export function nmi(assignment: Int32Array, labels: Int32Array): number {
  const counts = contingency(assignment, labels);
  const { total, clusters, classes } = counts;
  return (2 * mutualInformation(counts)) / (clusterEntropy(clusters, total) + clusterEntropy(classes, total));
}
