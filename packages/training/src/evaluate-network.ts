import { canonicalDatasetName, type EvaluationProtocol, evaluationProtocol, recallKs } from '@spherelab/catalogue';
import type { Dataset } from '@spherelab/datasets';
import { colourHistogram, type EmbeddingSet, type EvaluationResult, evaluateEmbeddings } from '@spherelab/evaluation';
import { extractEmbeddings } from './extract-embeddings.ts';
import type { TrainStep } from './train-step.ts';
import type { EvaluationSummary } from './training-events.ts';

/** Seed of k-means, as scikit-learn got it in the reference. */
const CLUSTER_SEED = 0;
const HISTOGRAM_BINS = 64;

export type EvaluateOptions = {
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly embed: TrainStep['embed'];
  readonly step: number;
  /** Whether no update follows: some measures are taken only then. */
  readonly isFinal: boolean;
  /** Whether the colour histogram of the same test images is wanted too. */
  readonly withColourHistogram: boolean;
  /** Called often; false ends the evaluation. */
  readonly goOn: () => Promise<boolean>;
  /** Called inside long computations that cannot be interrupted. */
  readonly onProgress: () => void;
};

export type NetworkEvaluation = {
  readonly summary: EvaluationSummary;
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
  const histograms: Float32Array[] = [];
  const watchHistogram = async (pixels: Uint8Array, count: number): Promise<boolean> => {
    if (options.withColourHistogram) {
      const images = pixels.subarray(0, (pixels.length / options.batchSize) * count);
      histograms.push(colourHistogram(images, count));
    }
    return options.goOn();
  };
  const test = await extractEmbeddings({ ...options, list: dataset.test, goOn: watchHistogram });
  if (test === null) return null;
  const histogramTest = options.withColourHistogram ? histogramSet(histograms, test.labels) : null;
  histograms.length = 0;
  const galleryList = dataset.gallery;
  const gallery =
    galleryList === null ? null : await extractEmbeddings({ ...options, list: galleryList, goOn: watchHistogram });
  if (galleryList !== null && gallery === null) return null;
  const histogramGallery = histogramTest !== null && gallery !== null ? histogramSet(histograms, gallery.labels) : null;
  const cluster = gallery === null && isDue(protocol.clustering);
  const scores = metricsOf(evaluateEmbeddings(test, gallery, { ks, cluster, seed: CLUSTER_SEED, onProgress }));
  const trainRecall = isDue(protocol.trainingRecall) ? await measureTrainingRecall(options, ks) : {};
  if (trainRecall === null) return null;
  return {
    summary: { step, metrics: { ...scores, ...trainRecall } },
    test,
    gallery,
    colourHistogram:
      histogramTest === null ? null : histogramSummary(histogramTest, histogramGallery, ks, step, onProgress),
  };
}

async function measureTrainingRecall(
  options: EvaluateOptions,
  ks: readonly number[],
): Promise<Record<string, number> | null> {
  const { dataset, goOn, onProgress } = options;
  const train = await extractEmbeddings({ ...options, list: dataset.train, goOn: () => goOn() });
  if (train === null) return null;
  const { recall } = evaluateEmbeddings(train, null, { ks, cluster: false, seed: CLUSTER_SEED, onProgress });
  return Object.fromEntries(Object.entries(recall).map(([k, value]) => [`train_recall_at_${k}`, value]));
}

function histogramSet(parts: readonly Float32Array[], labels: Int32Array): EmbeddingSet {
  const embeddings = new Float32Array(labels.length * HISTOGRAM_BINS);
  let at = 0;
  for (const part of parts) {
    embeddings.set(part, at);
    at += part.length;
  }
  return { embeddings, labels, dim: HISTOGRAM_BINS };
}

function histogramSummary(
  test: EmbeddingSet,
  gallery: EmbeddingSet | null,
  ks: readonly number[],
  step: number,
  onProgress: () => void,
): EvaluationSummary {
  const result = evaluateEmbeddings(test, gallery, { ks, cluster: false, seed: CLUSTER_SEED, onProgress });
  // The spread of norms says something about embeddings, nothing about histograms.
  const { norm_cv: _, ...metrics } = metricsOf(result);
  return { step, metrics };
}
