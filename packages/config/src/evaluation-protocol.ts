import { isPaperDataset } from './paper-datasets.ts';

/** `each`: at every evaluation; `final`: only after the last update; `never`: not measured, so the metric is absent. */
export type When = 'each' | 'final' | 'never';

/** What an evaluation of a data set measures beside Recall@K on its test images. */
export type EvaluationProtocol = {
  /** NMI and F1 by k-means. */
  readonly clustering: When;
  /** Recall@K on the training images, with the test transform. */
  readonly trainingRecall: When;
};

/** Training images up to which a folder's training recall is measured at every evaluation. */
const smallTrainingSet = 10_000;

/**
 * When the reference measures what. It clusters CUB and Cars at every evaluation, SOP only after training (11,316
 * clusters), In-Shop never; it evaluates the training list too, except In-Shop's, where it reports zeros.
 *
 * Two differences are ours: training images are cropped as test images, for the reference's random augmentation measures
 * the augmentation as well; and the 59,551 training images of SOP are measured once, at the end: at each of 24
 * evaluations it would be as many images again as the run trains on, for a number that the paper does not report.
 */
export function evaluationProtocol(dataset: string, trainingImages: number): EvaluationProtocol {
  if (dataset === 'inshop') return { clustering: 'never', trainingRecall: 'never' };
  if (dataset === 'sop') return { clustering: 'final', trainingRecall: 'final' };
  const isSmall = isPaperDataset(dataset) || trainingImages <= smallTrainingSet;
  return { clustering: 'each', trainingRecall: isSmall ? 'each' : 'final' };
}
