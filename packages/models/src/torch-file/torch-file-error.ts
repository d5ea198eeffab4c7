/** A PyTorch file that is damaged, cut off, asks for what a state dict does not need, or does not fit. */
export class TorchFileError extends Error {
  readonly code = 'bad_torch_file';

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'TorchFileError';
  }
}
