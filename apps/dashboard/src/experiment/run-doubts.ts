import type { Point } from '../api/types.ts';
import { metricText } from '../words/metric-text.ts';

/** From this mean cosine of negative pairs on, all images lie in nearly one direction. */
const collapsedFrom = 0.98;
/** So many times its first value, the mean norm of a batch has run away. */
const explodedFrom = 10;

/**
 * What is wrong with the embeddings of a run whatever its recall is, in words: they collapsed, or their norms ran away. As of the newest
 * values of its curves.
 */
export function embeddingDoubts(series: ReadonlyMap<string, readonly Point[]>): string[] {
  const valuesOf = (name: string) => (series.get(name) ?? []).flatMap(([, value]) => value ?? []);
  const doubts: string[] = [];
  const negatives = valuesOf('avg_an').at(-1);
  if (negatives !== undefined && negatives >= collapsedFrom) {
    doubts.push(
      `The embeddings collapsed: images of different classes have a mean cosine of ${metricText('avg_an', negatives)}.`,
    );
  }
  const norms = valuesOf('norm_mean');
  const [first, last] = [norms[0], norms.at(-1)];
  if (first !== undefined && last !== undefined && first > 0 && last >= explodedFrom * first) {
    const factor = (last / first).toFixed(0);
    doubts.push(
      `The norms exploded: their mean is ${metricText('norm_mean', last)}, ${factor} times that of the first batches.`,
    );
  }
  return doubts;
}
