import { printableText } from './printable-text.ts';

/** A PyTorch file that is damaged, cut off, asks for what a state dict does not need, or does not fit. */
export class TorchFileError extends Error {
  readonly code = 'bad_torch_file';

  /** `reason` may quote the file: it is made printable. */
  constructor(reason: string, options?: ErrorOptions) {
    super(printableText(reason), options);
    this.name = 'TorchFileError';
  }
}
