export type DatasetErrorCode =
  | 'invalid_name'
  | 'unknown_dataset'
  | 'ambiguous_name'
  | 'no_data_root'
  | 'missing_folder'
  | 'missing_file'
  | 'malformed_file'
  | 'outside_data_root'
  | 'invalid_split'
  | 'too_few_classes'
  | 'too_few_images'
  | 'query_without_gallery'
  | 'unreadable_image'
  | 'data_changed'
  | 'unreadable_file'
  | 'fetch_failed'
  | 'unwritable_folder'
  | 'invalid_batch';

/** What is wrong with a data set, told to its user. Trying again does not help: never retryable. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
  readonly code: DatasetErrorCode;
  /** The experiment's field that is to blame: dataset, protocol, folds, batch_size, instances or weights. */
  readonly field: string;
  readonly retryable = false;

  constructor(code: DatasetErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field ?? 'dataset';
  }
}
