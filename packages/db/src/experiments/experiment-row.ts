import type { ExperimentConfig, Provenance, RunState } from '@spherelab/config';

/** What a user asked a running experiment to do. */
export type StopRequest = 'cancel' | 'pause';

/** How it ended, for one that failed. */
export type ExperimentFailure = {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
};

/** The newest evaluation of a run, by the step after which it was made. */
export type LatestEvaluation = { readonly step: number; readonly metrics: Readonly<Record<string, number>> };

/** An experiment as stored; column names are field names. Times are those of Postgres. */
export type Experiment = {
  readonly id: string;
  readonly status: RunState;
  readonly status_reason: string | null;
  readonly config: ExperimentConfig;
  readonly sources: Readonly<Record<string, string>>;
  readonly identity: string;
  readonly dedup_identity: string | null;
  readonly name: string | null;
  readonly tags: readonly string[];
  /** what people wrote about it */
  readonly notes: string | null;
  readonly priority: number;
  readonly dataset: string;
  readonly loss: string;
  readonly device: string;
  readonly sweep_id: string | null;
  readonly attempt: number;
  readonly failures: number;
  readonly interruptions: number;
  readonly steps_done: number;
  readonly total_updates: number | null;
  readonly lease_owner: string | null;
  readonly lease_expires_at: Date | null;
  readonly stop_requested: StopRequest | null;
  readonly retry_at: Date | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  /** what its newest evaluation measured; null before the first, and for one of a release that did not keep it */
  readonly latest: LatestEvaluation | null;
  readonly error: ExperimentFailure | null;
  readonly environment: Readonly<Record<string, unknown>> | null;
  /** what decides the numbers beside the config; null for one of a release that recorded none */
  readonly provenance: Provenance | null;
  readonly graph_sha256: string | null;
  readonly manifest_sha256: string | null;
  /** updates after which it leaves a checkpoint for others */
  readonly branch_at: readonly number[];
  /** whose checkpoint after `parent_step` updates it was planned to go on from, and whether it still waits for that */
  readonly parent_id: string | null;
  readonly parent_step: number | null;
  readonly waits: boolean;
  /** the run with the same past whose first `prefix_step` updates were taken over, and its `steps` */
  readonly prefix_of: string | null;
  readonly prefix_step: number | null;
  readonly prefix_steps: number | null;
  /** when the present attempt began to train, and from which update */
  readonly pace_since: Date | null;
  readonly pace_from_step: number | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly queued_at: Date;
  /** when its last attempt was claimed */
  readonly claimed_at: Date | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
};
