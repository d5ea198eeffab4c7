import { type PairedDifference, pairedDifference } from '@spherelab/statistics';
import { differenceText } from './difference-text.ts';

/** Compared between rows, in the order in which they are told. */
export const pairedMetrics = ['recall_at_1', 'map_at_r', 'nmi', 'ami', 'f1', 'norm_cv'] as const;

/** Treatment minus baseline by metric, in numbers and in words; a metric that no pair has is not there. */
export type ToldDifferences = Readonly<Record<string, PairedDifference & { readonly text: string }>>;

type ValuesOf = (metric: string) => ReadonlyMap<string, number>;

/** @param treatment values of a metric by `pairKey`, as `baseline` */
export function toldDifferences(treatment: ValuesOf, baseline: ValuesOf): ToldDifferences {
  const told = pairedMetrics.flatMap((name) => {
    const difference = pairedDifference(treatment(name), baseline(name));
    return difference === null ? [] : [[name, { ...difference, text: differenceText(name, difference) }] as const];
  });
  return Object.fromEntries(told);
}

/** Runs are pairs where they share the seed (or seed and fold) and the images that were evaluated. */
export function pairKey(seed: unknown, environment: Readonly<Record<string, unknown>> | null): string {
  return JSON.stringify([seed, environment?.data_sha256 ?? null]);
}
