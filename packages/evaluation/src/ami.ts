import { type Contingency, contingency } from './contingency.ts';
import { clusterEntropy, mutualInformation } from './mutual-information.ts';

/**
 * Adjusted mutual information of an assignment: (I - E[I]) / ((H(clusters) + H(classes)) / 2 - E[I]), where E[I] is what
 * random assignments with the same sizes reach. 1 is the classes themselves, 0 what chance gives, below 0 worse; at most 1.
 * NMI has no such zero: it grows with the number of clusters, which is large where classes are small.
 * Source: Vinh, Epps and Bailey, JMLR 11 (2010); as scikit-learn's adjusted_mutual_info_score (average_method
 * "arithmetic"), in its corner cases too: the classes themselves give 1 whatever they are, one cluster or class alone 0.
 * Throws EvaluationError for other lengths or no rows.
 */
export function ami(assignment: Int32Array, labels: Int32Array): number {
  const counts = contingency(assignment, labels);
  const { total, clusters, classes, cells } = counts;
  // Where chance cannot but be right (one cluster of all rows, or one for each) the quotient would be 0/0.
  if (cells.length === clusters.length && cells.length === classes.length) return 1;
  if (clusters.length === 1 || classes.length === 1) return 0;
  const expected = expectedInformation(counts);
  const most = (clusterEntropy(clusters, total) + clusterEntropy(classes, total)) / 2;
  return (mutualInformation(counts) - expected) / (most - expected);
}

/**
 * Mutual information of a random assignment with these sizes, in nats: the sum over pairs of a cluster of a rows and a
 * class of b rows, and over the rows n that they may share, of n/N log(N n / (a b)) times the probability of n, which is
 * hypergeometric. It depends on the sizes alone, so each pair of sizes is computed once: 11,316 classes of SOP have a dozen.
 */
function expectedInformation({ total, clusters, classes }: Contingency): number {
  const logFactorials = logFactorialsTo(total);
  let sum = 0;
  for (const [clusterSize, clustersOfIt] of countsOf(clusters)) {
    for (const [classSize, classesOfIt] of countsOf(classes)) {
      sum += clustersOfIt * classesOfIt * expectedOfPair(clusterSize, classSize, total, logFactorials);
    }
  }
  return sum;
}

function expectedOfPair(a: number, b: number, total: number, logFactorials: Float64Array): number {
  const logOf = (n: number) => logFactorials[n] as number;
  const fixed = logOf(a) + logOf(b) + logOf(total - a) + logOf(total - b) - logOf(total);
  let sum = 0;
  for (let n = Math.max(1, a + b - total); n <= Math.min(a, b); n += 1) {
    const probability = Math.exp(fixed - logOf(n) - logOf(a - n) - logOf(b - n) - logOf(total - a - b + n));
    sum += (n / total) * Math.log((total * n) / (a * b)) * probability;
  }
  return sum;
}

/** log(n!) for n from 0 to the largest, summed with the rounding of each addition kept (Kahan): to the last digit for 1e5. */
function logFactorialsTo(largest: number): Float64Array {
  const logs = new Float64Array(largest + 1);
  let [sum, lost] = [0, 0];
  for (let n = 2; n <= largest; n += 1) {
    const term = Math.log(n) - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
    logs[n] = sum;
  }
  return logs;
}

function countsOf(sizes: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
  return counts;
}
