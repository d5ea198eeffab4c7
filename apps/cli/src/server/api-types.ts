/** What the API answers, as far as the CLI reads it; openapi.json is the full description. */
export type Evaluation = { readonly step: number; readonly metrics: Readonly<Record<string, number>> };

export type ExperimentResult = {
  readonly weights_sha256: string;
  readonly updates: number;
  readonly last: Evaluation;
  readonly best: Evaluation;
  readonly baselines: {
    readonly untrained: Evaluation;
    /** Absent where nothing is pretrained. */
    readonly features?: Evaluation;
    readonly colour_histogram: Evaluation;
  };
};

export type Experiment = {
  readonly id: string;
  readonly status: 'queued' | 'running' | 'paused' | 'succeeded' | 'failed' | 'cancelled';
  readonly status_reason: string | null;
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly priority: number;
  readonly config: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, string>>;
  readonly sweep_id: string | null;
  /** what it ran with, by name; null before it ran */
  readonly environment: Readonly<Record<string, unknown>> | null;
  readonly attempt: number;
  /** attempts in a row without a new checkpoint: by their own fault, and ended from outside */
  readonly failures: number;
  readonly interruptions: number;
  readonly steps_done: number;
  readonly total_updates: number | null;
  readonly result: ExperimentResult | null;
  /** its newest evaluation, while it runs and after */
  readonly latest: Evaluation | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
};

/** Experiments that are alike in some columns, with a metric of those that succeeded. */
export type ExperimentGroups = {
  readonly by: readonly string[];
  readonly metric: string;
  readonly groups: readonly {
    readonly values: Readonly<Record<string, unknown>>;
    readonly total: number;
    readonly n: number;
    readonly mean: number | null;
    readonly sd: number | null;
    readonly ci95: readonly [number, number] | null;
    readonly best: number | null;
  }[];
};

/** What a study would be and cost. */
export type ResolvedStudy = {
  readonly plan: Readonly<Record<string, unknown>>;
  readonly runs_at_most: number;
  readonly seconds_at_most: number | null;
};

/** A published checkpoint, as the API lists them: newest step first. */
export type Checkpoint = {
  readonly id: string;
  /** Updates done. */
  readonly step: number;
  readonly kind: 'latest' | 'best' | 'final' | 'branch';
  readonly bytes: number;
  /** Of the file, hex. */
  readonly sha256: string;
  /** Of the little-endian float32 of all weights, hex. */
  readonly weights_sha256: string;
  readonly created_at: string;
};

/** How far two lists of numbers are apart. */
type Distance = {
  readonly compared: number;
  readonly differing: number;
  readonly largest: number | null;
  readonly first: string | null;
};

/** Whether a finished run can be computed again. */
export type Verification = {
  readonly id: string;
  readonly worker: string | null;
  /** null until it is done */
  readonly report: {
    readonly same_bits: boolean | null;
    readonly findings: readonly { readonly what: string; readonly message: string }[];
    readonly notes: readonly string[];
    readonly stretches: readonly {
      /** updates done */
      readonly from: number;
      readonly to: number;
      readonly state: Distance;
      readonly metrics: Distance;
      readonly seconds: number;
    }[];
    readonly environment: Readonly<Record<string, unknown>>;
  } | null;
};

export type Page<T> = { readonly items: readonly T[]; readonly next_cursor: string | null };

export type MetricSeries = {
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number | null])[] }[];
};

/** What a sweep costs, as it is planned. */
export type SweepPlan = {
  readonly cells: number;
  readonly updates_asked: number;
  readonly updates_to_run: number;
  readonly seconds: number | null;
};

/** What POST /sweeps and GET /sweeps/:id answer. */
export type Sweep = {
  readonly id: string;
  readonly name: string | null;
  readonly counts: Readonly<Record<string, number>>;
  /** null for one of an earlier release */
  readonly plan: SweepPlan | null;
  /** more cells may follow */
  readonly grows: boolean;
};

/** What GET /sweeps/:id/rungs answers. */
export type Rungs = {
  readonly rungs: readonly {
    readonly steps: number;
    readonly configs: readonly {
      readonly settings: Readonly<Record<string, unknown>>;
      readonly mean: number | null;
      readonly state: string;
      readonly reason: string;
    }[];
  }[];
};

type Difference = {
  readonly n: number;
  readonly mean: number;
  readonly ci95: readonly [number, number] | null;
  readonly verdict: string;
};

/** What GET /studies lists. */
export type StudySummary = {
  readonly id: string;
  readonly name: string | null;
  readonly status: 'open' | 'decided' | 'undecided' | 'failed' | 'cancelled';
  readonly reason: string | null;
  readonly plan: {
    readonly arms: readonly { readonly name: string; readonly trials: readonly unknown[] }[];
    readonly tune: { readonly seeds: readonly number[] } | null;
    readonly metric: string;
    readonly protocol: 'paper' | 'validation';
    readonly budget: { readonly pairs: number };
    readonly alpha: number;
    readonly min_effect: number;
  };
  readonly plan_sha256: string;
  readonly sweep_id: string | null;
};

/** What POST /studies and GET /studies/:id answer. */
export type Study = StudySummary & {
  readonly state: {
    readonly outcome: string | null;
    readonly reason: string;
    readonly alpha_each: number;
    readonly tuning: readonly {
      readonly arm: string;
      readonly trials: readonly {
        readonly trial: number;
        readonly settings: Readonly<Record<string, unknown>>;
        readonly mean: number | null;
        readonly n: number;
        readonly failed: number;
      }[];
      readonly chosen: number | null;
      readonly at_edge: readonly string[];
    }[];
    readonly comparisons: readonly {
      readonly arm: string;
      readonly baseline: string;
      readonly verdict: string;
      readonly reason: string;
      readonly pairs: readonly {
        readonly seed: number;
        readonly baseline: number;
        readonly arm: number;
        readonly difference: number;
      }[];
      readonly left_out: readonly { readonly seed: number; readonly reason: string }[];
      readonly sequence: readonly {
        readonly n: number;
        readonly mean: number;
        readonly low: number | null;
        readonly high: number | null;
        readonly evidence: number;
      }[];
      readonly metrics: Readonly<Record<string, Difference>>;
    }[];
    readonly runs: { readonly tune: number; readonly compare: number; readonly saved: number };
  };
  readonly runs: readonly {
    readonly phase: 'tune' | 'compare';
    readonly arm: string;
    readonly seed: number;
    readonly experiment_id: string;
    readonly status: string;
  }[];
};

/** Whether an experiment will not change any more by itself. */
export function isSettled(experiment: Experiment): boolean {
  return ['succeeded', 'failed', 'cancelled', 'paused'].includes(experiment.status);
}

export type Leftovers = {
  readonly items: readonly { readonly what: string; readonly count: number; readonly bytes: number }[];
};
