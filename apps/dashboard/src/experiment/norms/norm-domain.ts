import type { EvaluationNorms } from '../../api/types.ts';
import type { NormDomain } from './norm-ridges.tsx';

/** The range of norms that holds all histograms, so that two runs stand on one scale. */
export function normDomain(evaluations: readonly EvaluationNorms[], isRelative: boolean): NormDomain {
  const ends = evaluations.flatMap(({ norms }) => {
    const unit = isRelative ? norms.mean : 1;
    return [norms.low / unit, norms.high / unit];
  });
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const room = (high - low) * 0.03 || 0.5;
  return { low: Math.max(0, low - room), high: high + room };
}
