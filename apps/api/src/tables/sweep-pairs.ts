import { type PairedDifference, pairedDifference } from '@spherelab/statistics';
import { differenceText } from './difference-text.ts';
import type { SweepCell } from './sweep-cells.ts';

/** Two rows that differ in one swept field, and what their runs of equal seeds differ by. */
export type SweepPair = {
  readonly field: string;
  /** Settings of the row with the field's baseline value, and of the other one. */
  readonly baseline: Readonly<Record<string, unknown>>;
  readonly treatment: Readonly<Record<string, unknown>>;
  /** Treatment minus baseline, in numbers and in words; a metric that no pair has is not there. */
  readonly metrics: Readonly<Record<string, PairedDifference & { readonly text: string }>>;
};

/** Compared between rows, in the order in which they are told. */
export const pairedMetrics = ['recall_at_1', 'map_at_r', 'nmi', 'ami', 'f1', 'norm_cv'] as const;

/** Values that mean "without it"; of other fields the first value of the grid is the baseline. */
const without: Readonly<Record<string, unknown>> = { sec_wei: 0, l2reg_wei: 0 };

/** They say what is evaluated, so rows that differ in them are no two treatments of the same thing. */
const incomparable: readonly string[] = ['dataset', 'protocol'];

/** Each row beside the one that differs from it by the baseline value of one field, where both have runs of a seed. */
export function sweepPairs(cells: readonly SweepCell[], fields: readonly string[]): SweepPair[] {
  const compared = fields.filter((field) => !incomparable.includes(field));
  return compared.flatMap((field) => {
    const values = cells.map(({ settings }) => settings[field]);
    const baselineValue = values.includes(without[field]) ? without[field] : values[0];
    const others = fields.filter((other) => other !== field);
    const keyOf = ({ settings }: SweepCell) => JSON.stringify(others.map((other) => settings[other]));
    const isBaseline = ({ settings }: SweepCell) => JSON.stringify(settings[field]) === JSON.stringify(baselineValue);
    const baselines = new Map(cells.filter(isBaseline).map((cell) => [keyOf(cell), cell]));
    return cells.flatMap((treatment) => {
      const baseline = baselines.get(keyOf(treatment));
      return baseline === undefined || baseline === treatment ? [] : pairOf(field, treatment, baseline);
    });
  });
}

function pairOf(field: string, treatment: SweepCell, baseline: SweepCell): SweepPair[] {
  const metrics = pairedMetrics.flatMap((name) => {
    const difference = pairedDifference(valuesToPair(treatment, name), valuesToPair(baseline, name));
    return difference === null ? [] : [[name, { ...difference, text: differenceText(name, difference) }] as const];
  });
  if (metrics.length === 0) return [];
  return [
    {
      field,
      baseline: baseline.settings,
      treatment: treatment.settings,
      metrics: Object.fromEntries(metrics),
    },
  ];
}

/** Runs are pairs where they share the seed and the images that were evaluated. */
function valuesToPair({ measured }: SweepCell, metric: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [seed, { run, metrics }] of measured) {
    const value = metrics[metric];
    if (value !== undefined) values.set(JSON.stringify([seed, run.environment?.data_sha256 ?? null]), value);
  }
  return values;
}
