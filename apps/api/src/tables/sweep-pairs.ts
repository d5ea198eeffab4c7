import type { SweepCell } from './sweep-cells.ts';
import { pairKey, type ToldDifferences, toldDifferences } from './told-differences.ts';

/** Two rows that differ in one swept field, and what their runs of equal seeds differ by. */
export type SweepPair = {
  readonly field: string;
  /** Settings of the row with the field's baseline value, and of the other one. */
  readonly baseline: Readonly<Record<string, unknown>>;
  readonly treatment: Readonly<Record<string, unknown>>;
  readonly metrics: ToldDifferences;
};

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
  const metrics = toldDifferences(valuesOf(treatment), valuesOf(baseline));
  if (Object.keys(metrics).length === 0) return [];
  return [{ field, baseline: baseline.settings, treatment: treatment.settings, metrics }];
}

function valuesOf({ measured }: SweepCell): (metric: string) => ReadonlyMap<string, number> {
  return (metric) => {
    const values = new Map<string, number>();
    for (const [seed, { run, metrics }] of measured) {
      const value = metrics[metric];
      if (value !== undefined) values.set(pairKey(seed, run.environment), value);
    }
    return values;
  };
}
