import type { Experiment } from '@spherelab/db';
import { type Summary, summarize } from '@spherelab/statistics';
import { rangeOf } from './metric-range.ts';
import { repetitionFields, type SweepCell, sweepCells, type TableAt } from './sweep-cells.ts';
import { type SweepPair, sweepPairs } from './sweep-pairs.ts';

export type SweepTableRow = {
  /** swept fields other than the seed */
  readonly settings: Readonly<Record<string, unknown>>;
  /** runs of this cell, and how many seeds of it have a result */
  readonly total: number;
  readonly n: number;
  readonly experiment_ids: readonly string[];
  /** versions of the numerics, and contents of the data (each fold has its own), that made its results */
  readonly numerics: readonly string[];
  readonly data_sha256: readonly string[];
  /** its results are of several versions of the numerics, or of several contents of the data */
  readonly mixed: boolean;
  readonly metrics: Readonly<Record<string, Summary>>;
};

export type SweepTable = {
  readonly fields: readonly string[];
  readonly metrics: readonly string[];
  readonly rows: readonly SweepTableRow[];
  readonly pairs: readonly SweepPair[];
};

/** Puts the runs of a sweep into rows, one for each combination of swept fields, and rows beside their baseline. */
export function sweepTable(experiments: readonly Experiment[], grid: readonly string[], at: TableAt): SweepTable {
  const fields = grid.filter((field) => !repetitionFields.includes(field));
  const cells = sweepCells(experiments, fields, at);
  const rows = cells.map(rowOf);
  const measured = new Set(rows.flatMap((row) => Object.keys(row.metrics)));
  const metrics = [...measured].filter((name) => !isTrainingDetail.test(name)).sort(byColumn);
  return { fields, metrics, rows, pairs: sweepPairs(cells, fields) };
}

function rowOf(cell: SweepCell): SweepTableRow {
  const counted = [...cell.measured.values()];
  const names = [...new Set(counted.flatMap(({ metrics }) => Object.keys(metrics)))];
  const summaries = names.flatMap((name) => {
    const values = counted.flatMap(({ metrics }) => metrics[name] ?? []);
    const summary = summarize(values, rangeOf(name));
    return summary === null ? [] : [[name, summary] as const];
  });
  const numerics = distinct(counted.map(({ run }) => numericsOf(run)));
  const contents = distinct(counted.map(({ run }) => dataOf(run)));
  const folds = new Set(counted.map(({ run }) => run.config.fold));
  return {
    settings: cell.settings,
    total: cell.runs.length,
    n: counted.length,
    experiment_ids: cell.runs.map(({ id }) => id),
    numerics,
    data_sha256: contents,
    mixed: numerics.length > 1 || contents.length > folds.size,
    metrics: Object.fromEntries(summaries),
  };
}

/** Of a release that recorded none. */
const notRecorded = 'not recorded';

/** The version of the code that made a result. */
export function numericsOf({ environment }: Pick<Experiment, 'environment'>): string {
  return textOr(environment?.numerics, notRecorded);
}

/** Hash of the images that a run trained on and was evaluated on. */
function dataOf({ environment }: Experiment): string {
  return textOr(environment?.data_sha256, notRecorded);
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
const columns = [/^recall_at_/, /^nmi$/, /^ami$/, /^f1$/, /^map_at_r$/, /^r_precision$/, /^norm_cv$/];

function byColumn(a: string, b: string): number {
  const rank = (name: string) =>
    (columns.findIndex((pattern) => pattern.test(name)) + columns.length + 1) % (columns.length + 1);
  return rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true });
}
