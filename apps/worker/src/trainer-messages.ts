import type { Environment, ExperimentConfig, RunFacts } from '@spherelab/config';
import type { RunStart, StopReason, TrainingEvent, TrainingResult } from '@spherelab/training';

/** Which of a trainer process's runs a message is of, counted from 1: what comes too late for its run is for nobody. */
export type OfRun<T> = T & { readonly run: number };

/** What the supervisor tells the trainer process of a run. */
export type TrainerOrder =
  | {
      readonly type: 'start';
      readonly config: ExperimentConfig;
      readonly dataRoot: string;
      readonly cacheFolder: string;
      readonly cacheBytes: number | undefined;
      readonly workFolder: string;
      readonly branchAt: readonly number[];
      readonly hostEnvironment: Environment;
    }
  /** answers `facts` */
  | { readonly type: 'begin'; readonly start: RunStart }
  | { readonly type: 'stop'; readonly reason: StopReason }
  /** every event up to this one is written; of a checkpoint only that it was begun */
  | { readonly type: 'written'; readonly upTo: number }
  /** the checkpoint of this event is stored too */
  | { readonly type: 'stored'; readonly number: number };

/** Why training failed, for one that says so itself. */
export type TrainerFailure = {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly stack: string;
};

/** What the trainer process tells the supervisor of a run. Sent with structured clone: a NaN stays a NaN. */
export type RunReport =
  /** what it is about to compute; it waits to be told where to begin */
  | { readonly type: 'facts'; readonly facts: RunFacts }
  | { readonly type: 'event'; readonly number: number; readonly event: TrainingEvent }
  | { readonly type: 'finished'; readonly result: TrainingResult }
  | { readonly type: 'stopped'; readonly reason: StopReason }
  | { readonly type: 'failed'; readonly error: TrainerFailure };

/** `ready`: it waits for a start; said at first, and again after a run that finished or stopped. After one that failed it exits. */
export type TrainerReport = { readonly type: 'ready' } | OfRun<RunReport>;
