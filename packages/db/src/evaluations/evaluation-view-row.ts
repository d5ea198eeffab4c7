/** Histogram of embedding norms: `counts` in bins of equal width between `low` and `high`. */
export type StoredNorms = {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  readonly mean: number;
  readonly sd: number;
};

/** What an evaluation shows beside its scores, without its pictures. */
export type EvaluationViewRow = {
  readonly step: number;
  readonly norms: StoredNorms;
  readonly has_detail: boolean;
  readonly has_embeddings: boolean;
};

export type NewEvaluationView = {
  readonly step: number;
  readonly norms: StoredNorms;
  /** as the API sends it; plain JSON */
  readonly detail: object;
  /** [rows, dim] of the images on the map */
  readonly embeddings: Float32Array;
  readonly dim: number;
  /** pictures that `detail` names by their SHA-256; those already stored may be left out */
  readonly thumbnails: readonly { readonly sha256: string; readonly webp: Uint8Array }[];
};

/** Evaluations of an experiment whose pictures, map and neighbours are kept, beside those of step 0. 150 kB each at most. */
export const detailsKept = 20;
/** And those whose embeddings are kept, 2 MB each at most. */
export const embeddingsKept = 4;
