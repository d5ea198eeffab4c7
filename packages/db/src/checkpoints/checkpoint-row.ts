import type { CheckpointFacts } from '@spherelab/config';

export type CheckpointKind = 'latest' | 'best' | 'branch' | 'final';

/** A published checkpoint. */
export type Checkpoint = {
  readonly id: string;
  readonly experiment_id: string;
  readonly attempt: number;
  /** updates done */
  readonly step: number;
  readonly kind: CheckpointKind;
  readonly bytes: number;
  /** of the file, hex */
  readonly sha256: string;
  /** of the little-endian float32 of all weights, hex */
  readonly weights_sha256: string;
  /** what it was made under; null for one of a release that recorded none */
  readonly facts: CheckpointFacts | null;
  /** kept whatever comes after it */
  readonly pinned: boolean;
  readonly created_at: Date;
};

/** What is read of a row. */
export const checkpointColumns =
  'id, experiment_id, attempt, step, kind, bytes, sha256, weights_sha256, facts, pinned, created_at';

/** The stored bytes are not those that were announced. */
export class CheckpointError extends Error {
  readonly code = 'bad_checkpoint';
  readonly retryable = true;

  constructor(message: string) {
    super(message);
    this.name = 'CheckpointError';
  }
}
