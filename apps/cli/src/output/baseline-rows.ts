import type { ExperimentResult } from '../server/api-types.ts';
import { metricCells, metricColumns } from './metric-columns.ts';

/** What a result stands beside, a row each: the network before training, pretrained features where there are some, and colours. */
export function baselineRows(
  { untrained, features, colour_histogram: histogram }: ExperimentResult['baselines'],
  columns: readonly (typeof metricColumns)[number][] = metricColumns,
): string[][] {
  const network =
    features === undefined
      ? [['untrained network', ...metricCells(untrained.metrics, columns)]]
      : [
          ['pretrained features', ...metricCells(features.metrics, columns)],
          ['before training', ...metricCells(untrained.metrics, columns)],
        ];
  return [...network, ['colour histogram', ...metricCells(histogram.metrics, columns)]];
}
