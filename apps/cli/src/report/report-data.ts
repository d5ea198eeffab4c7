import type { Experiment, Study } from '../server/api-types.ts';
import type { EvaluationDetail, EvaluationNorms, SweepTable, SweepWithRequest } from '../server/report-types.ts';

export type Point = readonly [step: number, value: number | null];

/** Series of one run by their names. */
export type RunCurves = Readonly<Record<string, readonly Point[]>>;

/** Runs that differ in their seed alone: a row of a sweep's table, an arm of a study. */
export type ReportGroup = {
  readonly label: string;
  /** Those that succeeded and are there still. */
  readonly runs: readonly Experiment[];
  /** Of as many runs as are drawn. */
  readonly curves: readonly RunCurves[];
  /** What the last evaluation of its first run shows; null where there is none, or it is one of too many. */
  readonly norms: EvaluationNorms | null;
  readonly detail: EvaluationDetail | null;
};

export type ReportSubject =
  | { readonly kind: 'sweep'; readonly sweep: SweepWithRequest; readonly table: SweepTable }
  | { readonly kind: 'study'; readonly study: Study };

/** All that a report is made of. */
export type ReportData = {
  readonly subject: ReportSubject;
  readonly madeAt: string;
  readonly groups: readonly ReportGroup[];
  /** Places of two groups whose norms are set side by side: without the treatment, and with it. */
  readonly beside: readonly (readonly [number, number])[];
  /** Data URIs by the SHA-256 of the picture. */
  readonly pictures: ReadonlyMap<string, string>;
  /** What was left out, a sentence each. */
  readonly leftOut: readonly string[];
};

/** Bounds of a report, so that it stays a file that one can mail. */
export const reportBounds = {
  /** rows of a sweep's table, and pairs of rows that are compared */
  rows: 500,
  pairs: 200,
  /** groups that are drawn and whose configs are told */
  groups: 24,
  /** runs of a group whose curves are read */
  runs: 10,
  /** points of a curve */
  points: 200,
  /** groups of which neighbours and the map are shown */
  pictured: 4,
  /** queries of each, and neighbours of each query */
  queries: 5,
  neighbours: 8,
  /** of all pictures together */
  pictureBytes: 2_000_000,
} as const;
