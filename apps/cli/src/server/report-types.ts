import type { Sweep } from './api-types.ts';

type Settings = Readonly<Record<string, unknown>>;
type Summary = {
  readonly n: number;
  readonly mean: number;
  readonly sd: number | null;
  readonly ci95: readonly [number, number] | null;
};

export type SweepWithRequest = Sweep & { readonly request: Settings; readonly created_at: string };

/** What GET /sweeps/:id/table answers. */
export type SweepTable = {
  readonly fields: readonly string[];
  readonly metrics: readonly string[];
  readonly rows: readonly {
    readonly settings: Settings;
    readonly total: number;
    readonly n: number;
    readonly experiment_ids: readonly string[];
    readonly mixed: boolean;
    readonly metrics: Readonly<Record<string, Summary>>;
  }[];
  readonly pairs: readonly {
    readonly field: string;
    readonly baseline: Settings;
    readonly treatment: Settings;
    readonly metrics: Readonly<Record<string, Summary & { readonly verdict: string; readonly text: string }>>;
  }[];
};

/** What GET /experiments/:id/evaluations lists. */
export type EvaluationNorms = {
  readonly step: number;
  readonly norms: {
    readonly low: number;
    readonly high: number;
    readonly counts: readonly number[];
    readonly mean: number;
    readonly sd: number;
  };
  readonly has_detail: boolean;
};

/** What GET /experiments/:id/evaluations/:step answers. */
export type EvaluationDetail = {
  readonly step: number;
  readonly pictures: readonly { readonly sha256: string; readonly path: string; readonly label: number }[];
  readonly map: {
    readonly explained: readonly number[];
    readonly points: readonly (readonly [picture: number, x: number, y: number])[];
  };
  readonly queries: readonly {
    readonly picture: number;
    readonly hardness: number;
    readonly neighbours: readonly { readonly picture: number; readonly cosine: number; readonly right: boolean }[];
  }[];
  readonly queries_ranked: number;
  readonly queries_failed: number;
};
