import { roundedText, signedText } from '@spherelab/statistics';

/** Columns of result tables: metric, heading, and how a value is written. Rates are printed in percent. */
const percent = (value: number) => roundedText(100 * value, 1);
const plain = (value: number) => roundedText(value, 3);

export const metricColumns = [
  { metric: 'recall_at_1', heading: 'R@1', write: percent },
  { metric: 'recall_at_2', heading: 'R@2', write: percent },
  { metric: 'recall_at_4', heading: 'R@4', write: percent },
  { metric: 'recall_at_8', heading: 'R@8', write: percent },
  { metric: 'nmi', heading: 'NMI', write: percent },
  { metric: 'ami', heading: 'AMI', write: percent },
  { metric: 'f1', heading: 'F1', write: percent },
  { metric: 'map_at_r', heading: 'MAP@R', write: percent },
  { metric: 'norm_cv', heading: 'norm_cv', write: plain },
] as const;

/** One table row; a metric that was not measured is a dash, never 0. */
export function metricCells(
  metrics: Readonly<Record<string, number>> | undefined,
  columns: readonly (typeof metricColumns)[number][] = metricColumns,
): string[] {
  return columns.map(({ metric, write }) => {
    const value = metrics?.[metric];
    return value === undefined ? '-' : write(value);
  });
}

/** Fractions that papers print in percent. */
const rates = /^(train_)?recall_at_|^nmi$|^ami$|^f1$|^map_at_r$|^r_precision$/;

export function isRate(metric: string): boolean {
  return rates.test(metric);
}

/** The name of a metric as tables head it. */
export function metricHeading(metric: string): string {
  return metricColumns.find((column) => column.metric === metric)?.heading ?? metric.replace(/^recall_at_/, 'R@');
}

/** A value, or a difference, as tables print it: rates in percent. */
export function metricValue(metric: string, value: number): string {
  return isRate(metric) ? percent(value) : plain(value);
}

/** A difference of a metric, with its sign. */
export function signedValue(metric: string, value: number): string {
  return isRate(metric) ? signedText(100 * value, 1) : signedText(value, 3);
}
