/** A setup step of the engine that could not be done; `hint` says what a person can do about it. */
export class EngineError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.hint = hint;
  }
}
