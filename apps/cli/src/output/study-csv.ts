import type { Study } from '../server/api-types.ts';

const header = [
  'arm',
  'baseline',
  'metric',
  'seed',
  'baseline_value',
  'arm_value',
  'difference',
  'low',
  'high',
  'evidence',
];

/** A line for each pair, with what could be said after it; numbers in full, rates as fractions, no bound as nothing. */
export function studyCsv({ plan, state }: Study): string {
  const lines = state.comparisons.flatMap(({ arm, baseline, pairs, sequence }) =>
    pairs.map((pair, at) => {
      const { low = null, high = null, evidence = '' } = sequence[at] ?? {};
      return [arm, baseline, plan.metric, pair.seed, pair.baseline, pair.arm, pair.difference, low, high, evidence];
    }),
  );
  return [header, ...lines].map((line) => `${line.map((value) => value ?? '').join(',')}\n`).join('');
}
