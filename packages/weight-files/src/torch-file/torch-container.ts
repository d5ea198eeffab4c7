import type { ByteReader } from './byte-reader.ts';
import type { PickledStorage, PickleValue } from './pickle-value.ts';

/** A file that was opened: the pickled object, and where the values of its storages lie. */
export type TorchContainer = {
  readonly container: 'zip' | 'legacy';
  readonly root: PickleValue;
  /** Bytes of all content, inflated: no tensor of it needs to be larger. */
  readonly contentBytes: number;
  /** Throws TorchFileError for a storage that is missing or has another size than declared. */
  readonly storageContent: (storage: PickledStorage) => ByteReader;
};
