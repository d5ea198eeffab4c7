import { canonicalDatasetName, type EvaluationProtocol, evaluationProtocol, recallKs } from '@spherelab/catalogue';
import type { Dataset } from '@spherelab/datasets';
import { type EmbeddingSet, type EvaluationResult, evaluateEmbeddings } from '@spherelab/evaluation';
import { extractEmbeddings } from './extract-embeddings.ts';
import { imagesOf, type ListBatch, type ListPart, type RunInputs } from './run-inputs.ts';
import type { TrainStep } from './train-step.ts';
import type { EvaluationSummary } from './training-events.ts';

/** Seed of k-means, as scikit-learn got it in the reference. */
const CLUSTER_SEED = 0;

export type EvaluateOptions = {
  readonly dataset: Dataset;
  /** The data set's lists in batches of `batchSize`. */
  readonly list: RunInputs['list'];
  readonly batchSize: number;
  readonly embed: TrainStep['embed'];
  readonly step: number;
  /** Whether no update follows: some measures are taken only then. */
  readonly isFinal: boolean;
  /** Gives the backbone's features too, where these are to be scored beside the embeddings. */
  readonly embedWithFeatures: TrainStep['embedWithFeatures'] | null;
  /** Whether the colour histogram of the same test images is wanted too. */
  readonly withColourHistogram: boolean;
  /** Called often; false ends the evaluation. */
  readonly goOn: () => Promise<boolean>;
  /** Called inside long computations that cannot be interrupted. */
  readonly onProgress: () => void;
};

export type NetworkEvaluation = {
  readonly summary: EvaluationSummary;
  readonly features: EvaluationSummary | null;
  readonly colourHistogram: EvaluationSummary | null;
  /** What was scored; raw rows. */
  readonly test: EmbeddingSet;
  readonly gallery: EmbeddingSet | null;
};

/** Names and values as the API has them. */
function metricsOf({ recall, ...scores }: EvaluationResult): Record<string, number> {
  const recalls = Object.entries(recall).map(([k, value]) => [`recall_at_${k}`, value] as const);
  const present = Object.entries(scores).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return Object.fromEntries([...recalls, ...present]);
}

/**
 * Embeds the test set (and gallery) and the training set, and scores them as the reference does; what is due when is
 * config's evaluationProtocol. What is not due is absent, never 0. Resolves with null when `goOn` said to stop.
 */
export async function evaluateNetwork(options: EvaluateOptions): Promise<NetworkEvaluation | null> {
  const { dataset, step, onProgress } = options;
  const name = canonicalDatasetName(dataset.name);
  const ks = recallKs(name);
  const protocol = evaluationProtocol(name, dataset.train.length);
  const isDue = (when: EvaluationProtocol['clustering']): boolean =>
    when === 'each' || (when === 'final' && options.isFinal);
  const test = await extractBeside(options, 'test');
  if (test === null) return null;
  const gallery = dataset.gallery === null ? null : await extractBeside(options, 'gallery');
  if (dataset.gallery !== null && gallery === null) return null;
  const cluster = gallery === null && isDue(protocol.clustering);
  const scores = metricsOf(
    evaluateEmbeddings(test.embeddings, gallery?.embeddings ?? null, { ks, cluster, seed: CLUSTER_SEED, onProgress }),
  );
  const trainRecall = isDue(protocol.trainingRecall) ? await measureTrainingRecall(options, ks) : {};
  if (trainRecall === null) return null;
  const baseline = (set: EmbeddingSet | null, of: EmbeddingSet | null): EvaluationSummary | null => {
    if (set === null) return null;
    const result = evaluateEmbeddings(set, of, { ks, cluster: false, seed: CLUSTER_SEED, onProgress });
    // The spread of norms says something about embeddings, nothing about what they are compared with.
    const { norm_cv: _, ...metrics } = metricsOf(result);
    return { step, metrics };
  };
  return {
    summary: { step, metrics: { ...scores, ...trainRecall } },
    test: test.embeddings,
    gallery: gallery?.embeddings ?? null,
    features: baseline(test.features, gallery?.features ?? null),
    colourHistogram: baseline(test.colours, gallery?.colours ?? null),
  };
}

/** The embeddings of a part, and what is scored beside them. */
type Extracted = {
  readonly embeddings: EmbeddingSet;
  readonly features: EmbeddingSet | null;
  readonly colours: EmbeddingSet | null;
};

async function extractBeside(options: EvaluateOptions, part: ListPart): Promise<Extracted | null> {
  const { embedWithFeatures, withColourHistogram, goOn, batchSize } = options;
  const colours: Float32Array[] = [];
  const features: Float32Array[] = [];
  let newest = new Float32Array(0);
  const embed: TrainStep['embed'] =
    embedWithFeatures === null
      ? options.embed
      : (input) => {
          const both = embedWithFeatures(input);
          newest = Float32Array.from(both.features);
          return both.embeddings;
        };
  const watch = (batch: ListBatch): Promise<boolean> => {
    if (withColourHistogram) colours.push(batch.colours());
    if (embedWithFeatures !== null) features.push(newest.subarray(0, (newest.length / batchSize) * batch.count));
    return goOn();
  };
  const embeddings = await extract({ ...options, embed }, part, watch);
  if (embeddings === null) return null;
  const setOf = (parts: readonly Float32Array[]) =>
    parts.length === 0 ? null : rowsTogether(parts, embeddings.labels);
  return { embeddings, features: setOf(features), colours: setOf(colours) };
}

function extract(
  { dataset, list, batchSize, embed }: EvaluateOptions,
  part: ListPart,
  goOn: (batch: ListBatch) => Promise<boolean>,
): Promise<EmbeddingSet | null> {
  return extractEmbeddings({ images: imagesOf(dataset, part), batches: list(part), batchSize, embed, goOn });
}

async function measureTrainingRecall(
  options: EvaluateOptions,
  ks: readonly number[],
): Promise<Record<string, number> | null> {
  const { goOn, onProgress } = options;
  const train = await extract(options, 'train', () => goOn());
  if (train === null) return null;
  const { recall } = evaluateEmbeddings(train, null, { ks, cluster: false, seed: CLUSTER_SEED, onProgress });
  return Object.fromEntries(Object.entries(recall).map(([k, value]) => [`train_recall_at_${k}`, value]));
}

function rowsTogether(parts: readonly Float32Array[], labels: Int32Array): EmbeddingSet {
  const embeddings = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    embeddings.set(part, at);
    at += part.length;
  }
  return { embeddings, labels, dim: embeddings.length / labels.length };
}
