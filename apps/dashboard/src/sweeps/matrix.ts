import type { SweepTable } from '../api/types.ts';

export type SweepRow = SweepTable['rows'][number];

/** The rows of a sweep's table as a matrix: one field down, the others across. */
export type Matrix = {
  readonly downField: string;
  readonly acrossFields: readonly string[];
  readonly down: readonly unknown[];
  /** combinations of the values across, in order of the grid */
  readonly across: readonly (readonly unknown[])[];
  readonly cell: (down: unknown, across: readonly unknown[]) => SweepRow | undefined;
};

/** Loss goes down where it is swept, else the first field; data set stands before sec_wei across. */
export function matrixOf({ fields, rows }: Pick<SweepTable, 'fields' | 'rows'>): Matrix {
  const downField = fields.includes('loss') ? 'loss' : (fields[0] ?? '');
  const rest = fields.filter((field) => field !== downField);
  const acrossFields = [...rest.filter((field) => field === 'dataset'), ...rest.filter((field) => field !== 'dataset')];
  const valuesAcross = ({ settings }: SweepRow) => acrossFields.map((field) => settings[field]);
  const byKey = new Map(rows.map((row) => [JSON.stringify([row.settings[downField], valuesAcross(row)]), row]));
  const distinct = <T>(values: readonly T[]): T[] => [
    ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
  ];
  return {
    downField,
    acrossFields,
    down: distinct(rows.map(({ settings }) => settings[downField])),
    across: distinct(rows.map(valuesAcross)),
    cell: (down, across) => byKey.get(JSON.stringify([down, across])),
  };
}
