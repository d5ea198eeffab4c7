import { metricName } from '../../words/metric-text.ts';

/** A chart: which metrics it shows, and which of them when runs are compared. */
export type ChartGroup = {
  readonly title: string;
  readonly metrics: (name: string) => boolean;
  readonly compared: readonly string[];
  /** what is compared is all that the chart shows, so the title says it */
  readonly isWhole?: boolean;
  readonly inPercent?: boolean;
  /** measured on single batches: smoothing helps to see where it goes; of an evaluation it would only be wrong */
  readonly isNoisy?: boolean;
  /** may be below 0, where a logarithm has no place for it */
  readonly isSigned?: boolean;
};

const among =
  (...names: readonly string[]) =>
  (name: string) =>
    names.includes(name);

/** Charts of the view in reading order: what is optimised, what it is for, what SEC changes, how it went. */
export const chartGroups: readonly ChartGroup[] = [
  {
    title: 'Loss and its parts',
    metrics: among('train_loss', 'loss_metric', 'loss_sec', 'loss_l2reg'),
    compared: ['loss_metric'],
    isNoisy: true,
  },
  {
    title: 'Recall at K, %',
    metrics: (name) => name.startsWith('recall_at_'),
    compared: ['recall_at_1'],
    inPercent: true,
  },
  {
    title: 'Clustering and precision, %',
    metrics: among('nmi', 'ami', 'f1', 'map_at_r', 'r_precision'),
    compared: ['nmi', 'f1'],
    inPercent: true,
  },
  {
    title: 'Mean cosine of positive and negative pairs',
    metrics: among('avg_ap', 'avg_an'),
    compared: ['avg_ap', 'avg_an'],
    isWhole: true,
    isNoisy: true,
    isSigned: true,
  },
  {
    title: 'Spread of norms: sd / mean on the test set',
    metrics: among('norm_cv'),
    compared: ['norm_cv'],
    isWhole: true,
  },
  {
    title: 'Norms in the batch',
    metrics: among('norm_mean', 'record_norm_mean'),
    compared: ['norm_mean'],
    isNoisy: true,
  },
  {
    title: 'Recall on the training classes, %',
    metrics: (name) => name.startsWith('train_recall_at_'),
    compared: ['train_recall_at_1'],
    inPercent: true,
  },
  { title: 'Learning rate', metrics: (name) => name === 'lr' || name.startsWith('lr_'), compared: ['lr'] },
  {
    title: 'Speed, images/s',
    metrics: among('images_per_s'),
    compared: ['images_per_s'],
    isWhole: true,
    isNoisy: true,
  },
];

/** The title where runs are compared: which of the metrics is drawn. */
export function comparedTitle({ title, compared, inPercent, isWhole }: ChartGroup): string {
  if (isWhole) return title;
  const names = compared.map(metricName).join(' and ');
  return title.toLowerCase().startsWith(names.toLowerCase())
    ? title
    : `${title.replace(/, %$/, '')}: ${names}${inPercent ? ', %' : ''}`;
}
