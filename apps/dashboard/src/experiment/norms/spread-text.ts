import type { EvaluationNorms } from '../../api/types.ts';

/** Standard deviation of the norms in percent of their mean. */
export function spreadOf({ norms }: Pick<EvaluationNorms, 'norms'>): number {
  return (100 * norms.sd) / norms.mean;
}

/** What a spread, %, did between two evaluations: narrows, widens, or stays where it differs by less than a tenth. */
export function changeText(from: number, to: number): string {
  const [first, last] = [from, to].map((spread) => spread.toFixed(spread < 10 ? 1 : 0));
  if (Math.abs(to - from) < 0.1 * from) return `the spread stays at about ${last} %`;
  return `the spread ${to < from ? 'narrows' : 'widens'} from ${first} to ${last} %`;
}
