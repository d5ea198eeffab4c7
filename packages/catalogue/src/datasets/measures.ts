/** `each`: at every evaluation; `final`: only after the last update; `never`: not measured, so the metric is absent. */
export type When = 'each' | 'final' | 'never';

/** What an evaluation of a data set measures on its test images, and when. */
export type Measures = {
  /** The K of Recall@K. */
  readonly recallKs: readonly number[];
  /** NMI, AMI and F1 by k-means. */
  readonly clustering: When;
  /** Recall@K on the training images, with the test transform; for a folder by the number of its training images. */
  readonly trainingRecall: When | { readonly eachUpTo: number };
};

const cubKs = [1, 2, 4, 8, 16, 32];

/**
 * When the reference measures what. It clusters CUB and Cars at every evaluation, SOP only after training (11,316
 * clusters), In-Shop never; it evaluates the training list too, except In-Shop's, where it reports zeros.
 *
 * Two differences are ours: training images are cropped as test images, for the reference's random augmentation measures
 * the augmentation as well; and the 59,551 training images of SOP are measured once, at the end: at each of 24
 * evaluations it would be as many images again as the run trains on, for a number that the paper does not report.
 */
export const measures = {
  cub: { recallKs: cubKs, clustering: 'each', trainingRecall: 'each' },
  cars: { recallKs: cubKs, clustering: 'each', trainingRecall: 'each' },
  sop: { recallKs: [1, 10, 100, 1000], clustering: 'final', trainingRecall: 'final' },
  inshop: { recallKs: [1, 10, 20, 30, 40, 50], clustering: 'never', trainingRecall: 'never' },
  folder: { recallKs: cubKs, clustering: 'each', trainingRecall: { eachUpTo: 10_000 } },
} as const satisfies Readonly<Record<string, Measures>>;
