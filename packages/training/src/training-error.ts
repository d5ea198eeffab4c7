import { DatasetError } from '@spherelab/datasets';
import { EvaluationError } from '@spherelab/evaluation';
import { BatchCompositionError } from '@spherelab/losses';

/** Why a run failed. `retryable` is false where another attempt would fail in the same way. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Errors about the user's data and settings become TrainingErrors that are not retried; others pass unchanged. */
export function asTrainingError(error: unknown): unknown {
  if (error instanceof DatasetError || error instanceof EvaluationError || error instanceof BatchCompositionError) {
    return new TrainingError(error.code, error.message, { cause: error });
  }
  return error;
}
