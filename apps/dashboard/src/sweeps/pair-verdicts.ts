import type { SweepTable } from '../api/types.ts';

export type SweepPair = SweepTable['pairs'][number];

/** By which a treatment is judged, together. */
export const judgedMetrics = ['recall_at_1', 'map_at_r', 'nmi', 'f1', 'norm_cv'] as const;

/** "higher in 2 of 4 rows, within noise in 2"; rows with a single pair of runs are told as such. */
export function verdictText(pairs: readonly SweepPair[], metric: string): string {
  const verdicts = pairs.flatMap(({ metrics }) => metrics[metric]?.verdict ?? []);
  const counts = (['higher', 'lower', 'within noise', 'one pair'] as const).flatMap((verdict) => {
    const count = verdicts.filter((one) => one === verdict).length;
    return count === 0 ? [] : [{ verdict, count }];
  });
  const rows = verdicts.length === 1 ? 'the one row' : `${verdicts.length} rows`;
  const [only] = counts;
  if (counts.length === 1 && only !== undefined) {
    const where = verdicts.length === 1 ? `in ${rows}` : `in all ${rows}`;
    return only.verdict === 'one pair' ? `one pair of runs ${where}: no interval yet` : `${only.verdict} ${where}`;
  }
  return counts.map(({ verdict, count }, at) => `${verdict} in ${count}${at === 0 ? ` of ${rows}` : ''}`).join(', ');
}
