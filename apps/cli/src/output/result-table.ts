import type { ExperimentResult } from '../server/api-types.ts';
import { baselineRows } from './baseline-rows.ts';
import { metricCells, metricColumns } from './metric-columns.ts';
import { formatTable } from './print-table.ts';

/** The final table of one run: what was reached beside its baselines. */
export function resultTable(result: ExperimentResult): string {
  const rows = [
    ...baselineRows(result.baselines),
    [`best (step ${result.best.step})`, ...metricCells(result.best.metrics)],
    [`last (step ${result.last.step})`, ...metricCells(result.last.metrics)],
  ];
  return formatTable(['percent; norm_cv as is', ...metricColumns.map((column) => column.heading)], rows);
}
