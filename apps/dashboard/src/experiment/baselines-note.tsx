import type { Point } from '../api/types.ts';
import { metricText } from '../words/metric-text.ts';
import { baselinesOf, belowBaseline } from './baselines.ts';
import { embeddingDoubts } from './run-doubts.ts';

/** What a result stands beside, and what is to be said against it. */
export function BaselinesNote(props: {
  readonly result: unknown;
  readonly series: ReadonlyMap<string, readonly Point[]>;
}) {
  const baselines = baselinesOf(props.result);
  const doubts = embeddingDoubts(props.series);
  if (baselines.length === 0 && doubts.length === 0) return null;
  const below = belowBaseline(props.result);
  const warnings = [...(below === null ? [] : [`${below}.`]), ...doubts];
  const beside = baselines.map(({ name, recall }) => `${name} ${metricText('recall_at_1', recall)}`).join(', ');
  return (
    <p className={warnings.length === 0 ? 'small beside' : 'small beside warn'}>
      {warnings.length > 0 && <strong>{warnings.join(' ')} </strong>}
      {baselines.length > 0 && `R@1 of what it is compared with, %: ${beside}`}
    </p>
  );
}
