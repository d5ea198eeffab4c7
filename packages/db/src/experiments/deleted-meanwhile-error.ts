/** An experiment that answers for a posted config was deleted before the post could hold it. Posted again, it is made anew. */
export class DeletedMeanwhileError extends Error {
  readonly code = 'deleted_meanwhile';
  readonly retryable = true;

  constructor(identity: string) {
    super(`experiment with identity ${identity} was deleted while it was posted`);
    this.name = 'DeletedMeanwhileError';
  }
}
