import { ami } from './ami.ts';
import { distinctLabels, type EmbeddingSet, type NormalisedSet, normaliseSet } from './embedding-set.ts';
import { kMeans } from './k-means.ts';
import { nmi } from './nmi.ts';
import { normCv } from './norm-cv.ts';
import { pairwiseF1 } from './pairwise-f1.ts';
import { checkKs, type RecallAtK, recallFrom } from './recall-at-k.ts';
import { meanOverAnswerable, retrieveNormalised } from './retrieval.ts';

export type EvaluationOptions = {
  readonly ks: readonly number[];
  /** Whether to measure NMI, AMI and F1 by k-means with as many clusters as classes. */
  readonly cluster: boolean;
  /** Seed of the k-means. */
  readonly seed: number;
  /** Called between blocks of work. */
  readonly onProgress?: () => void;
};

/** Rates 0..1. A measure that was not taken is absent, never 0. */
export type EvaluationResult = {
  /** Recall@K keyed by K. */
  readonly recall: RecallAtK;
  readonly nmi?: number;
  /** NMI beyond what chance gives; below 0 where it is worse. */
  readonly ami?: number;
  readonly f1?: number;
  readonly map_at_r?: number;
  readonly r_precision?: number;
  readonly norm_cv: number;
};

function clusterScores(set: NormalisedSet, options: EvaluationOptions): Pick<EvaluationResult, 'nmi' | 'ami' | 'f1'> {
  const clusters = distinctLabels(set.labels).length;
  const progress = options.onProgress && { onProgress: options.onProgress };
  const { assignment } = kMeans(set, { clusters, seed: options.seed, ...progress });
  return {
    nmi: nmi(assignment, set.labels),
    ami: ami(assignment, set.labels),
    f1: pairwiseF1(assignment, set.labels),
  };
}

function allNorms(query: NormalisedSet, gallery: NormalisedSet | null): Float64Array {
  if (gallery === null) return query.norms;
  const norms = new Float64Array(query.norms.length + gallery.norms.length);
  norms.set(query.norms);
  norms.set(gallery.norms, query.norms.length);
  return norms;
}

/**
 * Everything that is measured of test embeddings (raw rows). With a gallery, queries are ranked against it and `norm_cv`
 * covers both; NMI, AMI and F1 are then absent, because the reference clusters no query/gallery data. MAP@R and R-precision
 * are absent where no query has another row of its class. Throws EvaluationError for input without an answer.
 */
export function evaluateEmbeddings(
  query: EmbeddingSet,
  gallery: EmbeddingSet | null,
  options: EvaluationOptions,
): EvaluationResult {
  const progress = options.onProgress && { onProgress: options.onProgress };
  checkKs(options.ks);
  const queries = normaliseSet(query, gallery === null ? 'embeddings' : 'query');
  const candidates = gallery === null ? null : normaliseSet(gallery, 'gallery');
  const retrieval = retrieveNormalised(queries, candidates, { ...progress });
  const answerable = retrieval.relevant.some((count) => count > 0);
  return {
    recall: recallFrom(retrieval, options.ks),
    ...(options.cluster && gallery === null && clusterScores(queries, options)),
    ...(answerable && {
      map_at_r: meanOverAnswerable(retrieval.averagePrecisionAtR),
      r_precision: meanOverAnswerable(retrieval.precisionAtR),
    }),
    norm_cv: normCv(allNorms(queries, candidates)),
  };
}
