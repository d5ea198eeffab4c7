import type { Experiment } from '@spherelab/db';
import { type Summary, summarize } from '@spherelab/statistics';
import { rangeOf } from './metric-range.ts';

/** Which evaluation of each run is tabled: its last, or its best by recall_at_1 (chosen on what is evaluated). */
export type TableAt = 'best' | 'last';

export type SweepTableRow = {
  /** swept fields other than the seed */
  readonly settings: Readonly<Record<string, unknown>>;
  /** runs of this cell, and how many of them have a result */
  readonly total: number;
  readonly n: number;
  readonly experiment_ids: readonly string[];
  /** versions of the numerics, and contents of the data, that made its results; more than one: the row mixes them */
  readonly numerics: readonly string[];
  readonly data_sha256: readonly string[];
  readonly metrics: Readonly<Record<string, Summary>>;
};

export type SweepTable = {
  readonly fields: readonly string[];
  readonly metrics: readonly string[];
  readonly rows: readonly SweepTableRow[];
};

/** Puts the runs of a sweep into rows, one for each combination of swept fields; runs that differ in seed alone share a row. */
export function sweepTable(experiments: readonly Experiment[], grid: readonly string[], at: TableAt): SweepTable {
  const fields = grid.filter((field) => field !== 'seed');
  const cells = new Map<string, { settings: Record<string, unknown>; runs: Experiment[] }>();
  for (const experiment of experiments) {
    const config = experiment.config as Readonly<Record<string, unknown>>;
    const settings = Object.fromEntries(fields.map((field) => [field, config[field] ?? null]));
    const key = JSON.stringify(settings);
    const cell = cells.get(key) ?? { settings, runs: [] };
    cell.runs.push(experiment);
    cells.set(key, cell);
  }
  const rows = [...cells.values()].map(({ settings, runs }) => {
    const measured = runs.map((run) => metricsOf(run, at)).filter((metrics) => metrics !== null);
    const ended = runs.filter((run) => metricsOf(run, at) !== null);
    return {
      settings,
      total: runs.length,
      n: measured.length,
      experiment_ids: runs.map((run) => run.id),
      numerics: distinct(ended.map(numericsOf)),
      data_sha256: distinct(ended.map(({ environment }) => textOr(environment?.data_sha256, notRecorded))),
      metrics: summariesOf(measured),
    };
  });
  const measured = new Set(rows.flatMap((row) => Object.keys(row.metrics)));
  const metrics = [...measured].filter((name) => !isTrainingDetail.test(name)).sort(byColumn);
  return { fields, metrics, rows };
}

/** Of a release that recorded none. */
const notRecorded = 'not recorded';

/** The version of the code that made a result. */
export function numericsOf({ environment }: Pick<Experiment, 'environment'>): string {
  return textOr(environment?.numerics, notRecorded);
}

export function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** Recall on the training images is told by its first K; the rows have all of it. */
const isTrainingDetail = /^train_recall_at_(?!1$)/;

/** Columns in the order of the papers: recalls by K, clustering, what came later; then the rest by name. */
const columns = [/^recall_at_/, /^nmi$/, /^f1$/, /^map_at_r$/, /^r_precision$/, /^norm_cv$/];

function byColumn(a: string, b: string): number {
  const rank = (name: string) =>
    (columns.findIndex((pattern) => pattern.test(name)) + columns.length + 1) % (columns.length + 1);
  return rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true });
}

function metricsOf(experiment: Experiment, at: TableAt): Readonly<Record<string, number>> | null {
  const summary = experiment.result?.[at] as { metrics?: Record<string, number> } | undefined;
  return experiment.status === 'succeeded' ? (summary?.metrics ?? null) : null;
}

function summariesOf(runs: readonly Readonly<Record<string, number>>[]): Record<string, Summary> {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run)))];
  return Object.fromEntries(
    names.flatMap((name) => {
      const measured = summarize(
        runs.flatMap((run) => run[name] ?? []),
        rangeOf(name),
      );
      return measured === null ? [] : [[name, measured] as const];
    }),
  );
}
