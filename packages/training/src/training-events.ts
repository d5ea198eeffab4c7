import type { CheckpointFacts, Environment } from '@spherelab/config';
import type { NormHistogram } from '@spherelab/evaluation';

/** One value of a series; `name` is a metric name of the API. */
export type MetricPoint = { readonly name: string; readonly step: number; readonly value: number };

export type TrainingPhase = 'preparing' | 'training' | 'evaluating' | 'saving';

export type CheckpointKind = 'latest' | 'best' | 'branch' | 'final';

/** What an evaluation shows beside its scores; bounded in size (evaluation-view.ts). Numbers of `picture` are places in `pictures`. */
export type EvaluationViewEvent = {
  readonly type: 'evaluation-view';
  readonly step: number;
  readonly norms: NormHistogram;
  readonly detail: {
    readonly pictures: readonly { readonly sha256: string; readonly path: string; readonly label: number }[];
    readonly map: {
      /** shares of the variance of the first two principal components of the normalised embeddings */
      readonly explained: readonly number[];
      /** [picture, x, y] */
      readonly points: readonly (readonly number[])[];
    };
    /** the hardest first */
    readonly queries: readonly {
      readonly picture: number;
      /** best cosine of a wrong image minus best of a right one */
      readonly hardness: number;
      readonly neighbours: readonly { readonly picture: number; readonly cosine: number; readonly right: boolean }[];
    }[];
    readonly queries_ranked: number;
    readonly queries_failed: number;
  };
  /** raw, [points, dim], in the order of the points */
  readonly embeddings: Float32Array;
  readonly dim: number;
  /** pictures that were not sent before */
  readonly thumbnails: readonly { readonly sha256: string; readonly webp: Uint8Array }[];
};

/** What a run tells while it goes on. Steps of progress and checkpoints are numbers of updates done. */
export type TrainingEvent =
  | {
      readonly type: 'started';
      readonly totalUpdates: number;
      readonly resumedFromStep: number | null;
      readonly environment: Environment;
    }
  /** What the run was made with; comes before `started` where the run begins at step 0. */
  | {
      readonly type: 'artifact';
      /** The recorded step, or the list of images with their hashes. */
      readonly kind: 'graph' | 'manifest';
      readonly content: Uint8Array;
    }
  | {
      readonly type: 'progress';
      readonly step: number;
      readonly totalUpdates: number;
      readonly phase: TrainingPhase;
    }
  | { readonly type: 'metrics'; readonly points: readonly MetricPoint[] }
  | EvaluationViewEvent
  | {
      readonly type: 'checkpoint';
      readonly step: number;
      readonly kind: CheckpointKind;
      /** A file in the work folder; the receiver owns it and removes it. */
      readonly file: string;
      readonly bytes: number;
      /** Bytes before the tensors. */
      readonly headBytes: number;
      readonly sha256: string;
      readonly weightsSha256: string;
      readonly facts: CheckpointFacts;
    }
  | { readonly type: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string };

export type EvaluationSummary = { readonly step: number; readonly metrics: Readonly<Record<string, number>> };

export type TrainingResult = {
  readonly weights_sha256: string;
  readonly updates: number;
  readonly last: EvaluationSummary;
  /** The evaluation with the highest recall_at_1 after step 0; the earliest of equals. */
  readonly best: EvaluationSummary;
  readonly baselines: {
    readonly untrained: EvaluationSummary;
    /** Of the pretrained backbone's features, averaged over the picture, without the head; absent where nothing is pretrained. */
    readonly features?: EvaluationSummary;
    readonly colour_histogram: EvaluationSummary;
  };
};

export type StopReason = 'cancel' | 'pause' | 'drain';
