import {
  type ExperimentRequest,
  experimentSettings,
  type PaperCell,
  paperCells,
  resolveExperiment,
} from '@spherelab/config';
import type { Experiment } from '@spherelab/db';
import { summarize } from '@spherelab/statistics';
import { rangeOf } from './metric-range.ts';
import { distinct, numericsOf } from './sweep-table.ts';
import { pairKey, type ToldDifferences, toldDifferences } from './told-differences.ts';

export const cellStatuses = ['not run', 'queued', 'running', 'done', 'failed'] as const;
export type CellStatus = (typeof cellStatuses)[number];

/** One published number beside ours; fractions 0..1. What is not measured is null. */
export type ReportedMetric = {
  readonly paper: number;
  /** Of the last evaluation, over seeds. */
  readonly n: number;
  readonly mean: number | null;
  readonly sd: number | null;
  /** Ours minus the paper's. */
  readonly difference: number | null;
  /** Of our mean, by Student's t; null for fewer than two seeds. */
  readonly ci95: readonly [number, number] | null;
  /** Of the evaluation with the highest recall_at_1: chosen on the test classes, so it flatters. */
  readonly best_on_test: { readonly mean: number; readonly sd: number | null } | null;
};

export type ReportRow = Pick<PaperCell, 'dataset' | 'loss' | 'regulariser'> & {
  readonly request: ExperimentRequest;
  /** Where the weight of SEC or L2-reg comes from: readme, ours; null where there is none. */
  readonly weight_source: string | null;
  readonly status: CellStatus;
  readonly n: number;
  readonly seeds: readonly number[];
  readonly experiment_ids: readonly string[];
  /** SHA-256 of the lists of images these runs had: more than one means that they did not see the same data set. */
  readonly data_lists: readonly string[];
  /** Versions of the numerics that made them; more than one: the cell mixes them. */
  readonly numerics: readonly string[];
  readonly metrics: Readonly<Record<string, ReportedMetric>>;
  /** With the regulariser minus the same loss without, paired by seed; empty where nothing pairs. */
  readonly minus_plain: ToldDifferences;
};

type Cell = {
  readonly cell: PaperCell;
  readonly experiments: readonly Experiment[];
  readonly runs: readonly Experiment[];
};

/**
 * The published table beside what was run here with exactly each cell's config, whatever the seed. A seed that was run
 * again (`force`) counts once, with its newest run.
 * @param experiments newest first
 */
export function paperReport(experiments: readonly Experiment[]): ReportRow[] {
  const withSettings = experiments.map((experiment) => ({
    experiment,
    settings: experimentSettings(experiment.config),
  }));
  const cells = paperCells.map((cell): Cell => {
    const wanted = experimentSettings(resolveExperiment(cell.request, null).config);
    const ofCell = withSettings.flatMap(({ settings, experiment }) => (settings === wanted ? [experiment] : []));
    return { cell, experiments: ofCell, runs: newestOfEachSeed(ofCell.filter(({ status }) => status === 'succeeded')) };
  });
  return cells.map((of) => {
    const { dataset, loss, regulariser } = of.cell;
    const plain = cells.find(
      ({ cell }) => cell.dataset === dataset && cell.loss === loss && cell.regulariser === 'none',
    );
    return reportRow(of, regulariser === 'none' ? [] : (plain?.runs ?? []));
  });
}

function reportRow({ cell, experiments, runs }: Cell, plain: readonly Experiment[]): ReportRow {
  const metrics = Object.entries(cell.metrics).map(([name, paper]) => [name, reportMetric(name, paper, runs)] as const);
  return {
    dataset: cell.dataset,
    loss: cell.loss,
    regulariser: cell.regulariser,
    request: cell.request,
    weight_source: cell.weightSource,
    status: statusOf(experiments),
    n: runs.length,
    seeds: runs.map(({ config }) => config.seed),
    experiment_ids: runs.map(({ id }) => id),
    data_lists: [...new Set(runs.flatMap(({ environment }) => dataListOf(environment)))],
    numerics: distinct(runs.map(numericsOf)),
    metrics: Object.fromEntries(metrics),
    minus_plain: toldDifferences(valuesToPair(runs), valuesToPair(plain)),
  };
}

/** What happens now goes before what has happened: a cell with one seed done and one running is running. */
function statusOf(experiments: readonly Experiment[]): CellStatus {
  const has = (...states: readonly string[]) => experiments.some(({ status }) => states.includes(status));
  if (has('running')) return 'running';
  if (has('queued', 'paused')) return 'queued';
  if (has('succeeded')) return 'done';
  return has('failed') ? 'failed' : 'not run';
}

function newestOfEachSeed(experiments: readonly Experiment[]): Experiment[] {
  const bySeed = new Map<number, Experiment>();
  for (const run of experiments) if (!bySeed.has(run.config.seed)) bySeed.set(run.config.seed, run);
  return [...bySeed.values()].sort((a, b) => a.config.seed - b.config.seed);
}

function dataListOf(environment: Experiment['environment']): string[] {
  const sha256 = environment?.data_list_sha256;
  return typeof sha256 === 'string' ? [sha256] : [];
}

function reportMetric(name: string, paper: number, runs: readonly Experiment[]): ReportedMetric {
  const last = summarize(valuesOf(runs, 'last', name), rangeOf(name));
  const best = summarize(valuesOf(runs, 'best', name), rangeOf(name));
  return {
    paper,
    n: last?.n ?? 0,
    mean: last?.mean ?? null,
    sd: last?.sd ?? null,
    difference: last === null ? null : last.mean - paper,
    ci95: last?.ci95 ?? null,
    best_on_test: best === null ? null : { mean: best.mean, sd: best.sd },
  };
}

function valuesToPair(runs: readonly Experiment[]): (metric: string) => ReadonlyMap<string, number> {
  return (metric) =>
    new Map(
      runs.flatMap((run) => {
        const key = pairKey(run.config.seed, run.environment);
        return valuesOf([run], 'last', metric).map((value) => [key, value] as const);
      }),
    );
}

function valuesOf(runs: readonly Experiment[], at: 'last' | 'best', name: string): number[] {
  return runs.flatMap((run) => {
    const summary = run.result?.[at] as { readonly metrics?: Readonly<Record<string, number>> } | undefined;
    return summary?.metrics?.[name] ?? [];
  });
}
