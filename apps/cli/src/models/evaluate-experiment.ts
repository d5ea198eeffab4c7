import { canonicalDatasetName, evaluationProtocol, recallKs } from '@spherelab/catalogue';
import { divisionOf, type ExperimentRequest } from '@spherelab/config';
import type { ImageList } from '@spherelab/datasets';
import type { EvaluationResult } from '@spherelab/evaluation';
import type { ApiClient } from '../server/api-client.ts';
import type { Checkpoint, Experiment, Page } from '../server/api-types.ts';
import { chooseCheckpoint } from './choose-checkpoint.ts';
import { embedList } from './embed-list.ts';

export type EvaluateExperimentOptions = {
  readonly id: string;
  /** latest, best, final, or a number of updates. */
  readonly checkpoint: string;
  /** Folder of data sets on this machine. */
  readonly dataRoot: string;
  readonly cacheFolder: string;
  /** K of Recall@K; the data set's own by default. */
  readonly ks: readonly number[] | null;
  readonly cluster: boolean;
  /** Seed of k-means. */
  readonly seed: number;
};

export type ExperimentScores = {
  readonly checkpoint: Checkpoint;
  readonly description: string;
  readonly scores: EvaluationResult;
};

/**
 * Scores a checkpoint of an experiment on the test images of this machine, as the reference's separate script does for
 * SOP: fetches the checkpoint, embeds the test list (and gallery), and measures R@K, NMI, AMI and F1. In-Shop is not
 * clustered. Throws CliError, and DatasetError where the data set is not here.
 */
export async function evaluateExperiment(
  api: ApiClient,
  options: EvaluateExperimentOptions,
): Promise<ExperimentScores> {
  const path = `/experiments/${encodeURIComponent(options.id)}`;
  const { config } = await api.get<Experiment>(path);
  const { items } = await api.get<Page<Checkpoint>>(`${path}/checkpoints`);
  const checkpoint = chooseCheckpoint(items, options.checkpoint);
  // TensorFlow takes a second to load: what can be refused without it has been.
  const { loadCheckpoint } = await import('./load-model.ts');
  const { openDataset } = await import('@spherelab/datasets');
  const { evaluateEmbeddings } = await import('@spherelab/evaluation');
  const model = await loadCheckpoint(checkpoint.id);
  try {
    const { imageSize, embeddingDim: dim } = model.options;
    const division = divisionOf(config as Partial<ExperimentRequest>);
    const name = String(config.dataset);
    const { dataRoot, cacheFolder } = options;
    const dataset = await openDataset({ dataRoot, cacheFolder, name, imageSize, division });
    try {
      const embedded = async (list: ImageList) => ({
        embeddings: await embedList(dataset, list, model),
        labels: Int32Array.from(list, ({ label }) => label),
        dim,
      });
      const test = await embedded(dataset.test);
      const gallery = dataset.gallery === null ? null : await embedded(dataset.gallery);
      const known = canonicalDatasetName(name);
      const isClustered = evaluationProtocol(known, dataset.train.length).clustering !== 'never';
      const cluster = options.cluster && isClustered;
      const scores = evaluateEmbeddings(test, gallery, {
        ks: options.ks ?? recallKs(known),
        cluster,
        seed: options.seed,
      });
      return { checkpoint, description: model.description, scores };
    } finally {
      await dataset.close();
    }
  } finally {
    model.dispose();
  }
}
