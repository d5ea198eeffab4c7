import { type Summary, summarize } from './summarize.ts';

/** What the pairs allow to say of the treatment: its 95 % interval lies above 0, below 0, or neither. */
export type PairedDifference = Summary & { readonly verdict: 'higher' | 'lower' | 'within noise' | 'one pair' };

/** Pairs with one difference for all: so many of one sign come by chance in fewer than 5 % of studies (2 * 0.5 ** 6). */
const equalPairsThatTell = 6;

/**
 * Of treatment minus baseline, paired by what their runs share (the seed, or seed and fold); null where they share none.
 * @param treatment seed -> value, as `baseline`; seeds that only one of them has are left out
 */
export function pairedDifference<Seed>(
  treatment: ReadonlyMap<Seed, number>,
  baseline: ReadonlyMap<Seed, number>,
): PairedDifference | null {
  const differences = [...treatment].flatMap(([seed, value]) => {
    const before = baseline.get(seed);
    return before === undefined ? [] : [value - before];
  });
  const summary = summarize(differences);
  return summary && { ...summary, verdict: verdictOf(summary) };
}

function verdictOf({ n, mean, ci95 }: Summary): PairedDifference['verdict'] {
  if (n === 1) return 'one pair';
  const tells = ci95 === null ? n >= equalPairsThatTell && mean !== 0 : ci95[0] > 0 || ci95[1] < 0;
  if (!tells) return 'within noise';
  return mean > 0 ? 'higher' : 'lower';
}
