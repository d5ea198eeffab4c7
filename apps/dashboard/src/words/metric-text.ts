import { roundedText } from '@spherelab/statistics';

/** Fractions that papers print in percent. */
const inPercent = /^(train_)?recall_at_|^nmi$|^ami$|^f1$|^map_at_r$|^r_precision$/;

const names: Readonly<Record<string, string>> = {
  nmi: 'NMI',
  ami: 'AMI',
  f1: 'F1',
  map_at_r: 'MAP@R',
  r_precision: 'R-precision',
  norm_cv: 'norm CV',
  train_loss: 'training loss',
  loss_metric: 'metric loss',
  loss_sec: 'SEC',
  loss_l2reg: 'L2-reg',
  norm_mean: 'mean norm',
  norm_var: 'variance of norms',
  record_norm_mean: 'running mean norm',
  avg_ap: 'positive pairs',
  avg_an: 'negative pairs',
  lr: 'learning rate',
  images_per_s: 'images/s',
};

/** The name of a metric as people write it. */
export function metricName(name: string): string {
  const recall = /^(train_)?recall_at_(\d+)$/.exec(name);
  if (recall) return `${recall[1] ? 'training ' : ''}R@${recall[2]}`;
  return names[name] ?? name;
}

export function isInPercent(name: string): boolean {
  return inPercent.test(name);
}

/** A value as tables print it: rates in percent with one decimal, the rest with three digits; nothing for what is not measured. */
export function metricText(name: string, value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '';
  return inPercent.test(name) ? roundedText(100 * value, 1) : compact(value);
}

/** A number in as few characters as keep three digits. */
export function compact(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size >= 1e5 || size < 1e-3) return value.toExponential(1).replace('e+', 'e');
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(3);
}
