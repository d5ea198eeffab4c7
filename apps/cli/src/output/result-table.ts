import type { ExperimentResult } from '../api-types.ts';
import { metricCells, metricColumns } from './metric-columns.ts';
import { formatTable } from './print-table.ts';

/** The final table of one run: what was reached beside the untrained network and the colour histogram. */
export function resultTable(result: ExperimentResult): string {
  const { untrained, colour_histogram: histogram } = result.baselines;
  const rows = [
    ['untrained network', ...metricCells(untrained.metrics)],
    ['colour histogram', ...metricCells(histogram.metrics)],
    [`best (step ${result.best.step})`, ...metricCells(result.best.metrics)],
    [`last (step ${result.last.step})`, ...metricCells(result.last.metrics)],
  ];
  return formatTable(['percent; norm_cv as is', ...metricColumns.map((column) => column.heading)], rows);
}
