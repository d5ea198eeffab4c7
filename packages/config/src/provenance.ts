/**
 * What decides the numbers of a run beside its config, by content. A field is null where nobody has looked yet: an API that
 * cannot see the data root leaves it to the worker.
 */
export type Provenance = {
  /** version of the code that computes (packages/numerics) */
  readonly numerics: string | null;
  /** SHA-256 (hex) of the lists with the bytes of each image */
  readonly data_sha256: string | null;
  /** SHA-256 (hex) of the file of weights that the run begins with, or `random` */
  readonly weights_sha256: string | null;
};

/** Nothing is known yet. */
export const unknownProvenance: Provenance = { numerics: null, data_sha256: null, weights_sha256: null };
