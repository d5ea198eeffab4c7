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

/** Whether a disk, or a quota on it, is full. */
export function isFullDisk(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/**
 * Errors about the user's data and settings become TrainingErrors that are not retried, a full disk one that is, with the code by
 * which a supervisor knows that the run is not to blame; others pass unchanged.
 */
export function asTrainingError(error: unknown): unknown {
  if (isFullDisk(error)) return new TrainingError(error.code ?? '', error.message, { retryable: true, cause: error });
  if (error instanceof DatasetError || error instanceof EvaluationError || error instanceof BatchCompositionError) {
    return new TrainingError(error.code, error.message, { cause: error });
  }
  return error;
}
