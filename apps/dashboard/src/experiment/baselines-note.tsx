import { metricText } from '../words/metric-text.ts';
import { baselinesOf, belowBaseline } from './baselines.ts';

/** What a result stands beside, and whether it is above that. */
export function BaselinesNote({ result }: { readonly result: unknown }) {
  const baselines = baselinesOf(result);
  if (baselines.length === 0) return null;
  const below = belowBaseline(result);
  const beside = baselines.map(({ name, recall }) => `${name} ${metricText('recall_at_1', recall)}`).join(', ');
  return (
    <p className={below === null ? 'small beside' : 'small beside warn'}>
      {below !== null && <strong>{below}. </strong>}
      R@1 of what it is compared with, %: {beside}
    </p>
  );
}
