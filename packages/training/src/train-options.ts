import type { Environment, ExperimentConfig, Numerics, RunFacts } from '@spherelab/config';
import type { KeptParts } from './kept-parts.ts';
import type { StopReason, TrainingEvent, TrainingResult } from './training-events.ts';

/** Where a run begins, as its owner decides once it knows the run's facts. */
export type RunStart =
  | {
      readonly type: 'begin';
      /** Path of a checkpoint file; null: at step 0. */
      readonly resumeFrom: string | null;
      /** Folder of the recorded step that the checkpoint was made with; null: the step of the present code. */
      readonly graphFolder: string | null;
      /** The checkpoint is of another run with the same past. Default: it is this run's own. */
      readonly isAdopted?: boolean;
    }
  /** Its data or weights changed while it was under way: it fails with TrainingError data_changed, which names what. */
  | {
      readonly type: 'refuse';
      /** What differs, in words. */
      readonly differences: readonly string[];
      /** Updates done at the checkpoint that cannot be continued; null where there is none. */
      readonly updates: number | null;
      /** Path of the list of images that it was made with, where it is known. */
      readonly manifestFile: string | null;
    };

export type TrainOptions = {
  readonly config: ExperimentConfig;
  /** Versions of the code that computes. */
  readonly numerics: Numerics;
  readonly dataRoot: string;
  /** Recorded steps, resized pictures and hashes of images are kept under it between runs. */
  readonly cacheFolder: string;
  /** Bound of the pictures kept there; 0 keeps none. Default: 16 GiB. */
  readonly cacheBytes?: number | undefined;
  /** What runs of this process have in common; default: the run has its own, and closes it. */
  readonly kept?: KeptParts;
  /** For temporary files; receivers of events own those that they name. */
  readonly workFolder: string;
  /** Asked once, before anything is computed. */
  readonly chooseStart: (facts: RunFacts) => Promise<RunStart>;
  /** Awaited, so a slow receiver slows the run down instead of filling memory. */
  readonly emit: (event: TrainingEvent) => void | Promise<void>;
  /** Polled at each step and between the batches of an evaluation; on pause and drain a checkpoint comes first. */
  readonly stop: () => StopReason | null;
  /** Whether a checkpoint that was emitted is still being stored: no `latest` is made meanwhile, for training would wait. Default: no. */
  readonly checkpointUnderWay?: () => boolean;
  /** Updates after which it leaves a `branch` checkpoint, before the evaluation due there: other runs go on from it. Default: none. */
  readonly branchAt?: readonly number[];
  /** Monotonic clock by which checkpoints are due; for tests. */
  readonly nowMs?: () => number;
  /** Facts that only the host knows (thread settings, device); recorded and compared with the rest. */
  readonly hostEnvironment?: Environment;
};

export type TrainOutcome =
  | { readonly outcome: 'finished'; readonly result: TrainingResult }
  | { readonly outcome: 'stopped'; readonly reason: StopReason };
