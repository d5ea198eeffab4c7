/** What can be wrong with the input of an evaluation; none of it goes away by retrying. */
export type EvaluationErrorCode =
  | 'empty'
  | 'shape_mismatch'
  | 'non_finite_embedding'
  | 'zero_norm_embedding'
  | 'one_class_only'
  | 'query_class_missing'
  | 'no_positive_pairs'
  | 'invalid_option';

/** An input for which the measure has no value. Thrown instead of a silent 0. */
export class EvaluationError extends Error {
  readonly code: EvaluationErrorCode;
  readonly retryable = false;

  constructor(code: EvaluationErrorCode, message: string) {
    super(message);
    this.name = 'EvaluationError';
    this.code = code;
  }
}
