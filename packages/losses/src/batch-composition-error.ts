export type BatchCompositionIssue = {
  /** What is wrong: `labels` or `instances`. */
  readonly field: string;
  readonly value: string | number;
  readonly allowed: string;
};

/** A batch that the chosen loss cannot take. Found before the step, so nothing was updated; retrying does not help. */
export class BatchCompositionError extends Error {
  readonly code = 'batch_composition';
  readonly retryable = false;
  readonly field: string;
  readonly value: string | number;
  readonly allowed: string;

  constructor(loss: string, { field, value, allowed }: BatchCompositionIssue) {
    super(`${loss}: ${field} is ${value}; allowed: ${allowed}`);
    this.name = 'BatchCompositionError';
    this.field = field;
    this.value = value;
    this.allowed = allowed;
  }
}
