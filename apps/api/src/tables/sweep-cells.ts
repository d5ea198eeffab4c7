import type { Experiment } from '@spherelab/db';

/** Which evaluation of each run is tabled: its last, or its best by recall_at_1 (chosen on what is evaluated). */
export type TableAt = 'best' | 'last';

export type Metrics = Readonly<Record<string, number>>;

/** A run that counts, with what it measured. */
export type MeasuredRun = { readonly run: Experiment; readonly metrics: Metrics };

/** The runs of one combination of swept fields. */
export type SweepCell = {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly runs: readonly Experiment[];
  /** of each repetition the newest run that has a result, by its seed and fold */
  readonly measured: ReadonlyMap<string, MeasuredRun>;
};

/** Fields in which repetitions of one cell differ. */
export const repetitionFields: readonly string[] = ['seed', 'fold'];

/** Cells in the order of the grid; runs that differ in seed and fold alone share one, and each counts once. */
export function sweepCells(experiments: readonly Experiment[], fields: readonly string[], at: TableAt): SweepCell[] {
  const cells = new Map<string, { settings: SweepCell['settings']; runs: Experiment[] }>();
  for (const experiment of experiments) {
    const settings = pick(experiment, fields);
    const key = JSON.stringify(settings);
    const cell = cells.get(key) ?? { settings, runs: [] };
    cell.runs.push(experiment);
    cells.set(key, cell);
  }
  return [...cells.values()].map(({ settings, runs }) => ({ settings, runs, measured: measuredOf(runs, at) }));
}

function measuredOf(runs: readonly Experiment[], at: TableAt): ReadonlyMap<string, MeasuredRun> {
  const oldestFirst = [...runs].sort((a, b) => a.created_at.getTime() - b.created_at.getTime());
  const measured = oldestFirst.flatMap((run) => {
    const metrics = metricsOf(run, at);
    return metrics === null ? [] : [[JSON.stringify(pick(run, repetitionFields)), { run, metrics }] as const];
  });
  return new Map(measured);
}

function pick({ config }: Experiment, fields: readonly string[]): Readonly<Record<string, unknown>> {
  const values = config as Readonly<Record<string, unknown>>;
  return Object.fromEntries(fields.map((field) => [field, values[field] ?? null]));
}

function metricsOf({ status, result }: Experiment, at: TableAt): Metrics | null {
  const summary = result?.[at] as { readonly metrics?: Metrics } | undefined;
  return status === 'succeeded' ? (summary?.metrics ?? null) : null;
}
