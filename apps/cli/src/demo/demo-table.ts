import type { Experiment } from '../api-types.ts';
import { metricCells, metricColumns } from '../output/metric-columns.ts';
import { formatTable } from '../output/print-table.ts';

const shown = ['recall_at_1', 'nmi', 'f1', 'norm_cv'];
const columns = metricColumns.filter((column) => shown.includes(column.metric));

/** The demo's result: one row a cell, beside the untrained network and the colour histogram. */
export function demoTable(cells: readonly Experiment[]): string {
  const baselines = cells.find((cell) => cell.result !== null)?.result?.baselines;
  const rows = [
    ['untrained network', '', ...metricCells(baselines?.untrained.metrics, columns)],
    ['colour histogram', '', ...metricCells(baselines?.colour_histogram.metrics, columns)],
    ...cells.map((cell) => {
      const metrics = cell.result === null ? [cell.status] : metricCells(cell.result.last.metrics, columns);
      return [String(cell.config.loss), String(cell.config.sec_wei), ...metrics];
    }),
  ];
  return formatTable(['loss', 'sec_wei', ...columns.map((column) => column.heading)], rows);
}
