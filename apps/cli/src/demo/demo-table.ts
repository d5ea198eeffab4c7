import type { Experiment } from '../api-types.ts';
import { baselineRows } from '../output/baseline-rows.ts';
import { metricCells, metricColumns } from '../output/metric-columns.ts';
import { formatTable } from '../output/print-table.ts';

const shown = ['recall_at_1', 'nmi', 'f1', 'norm_cv'];
const columns = metricColumns.filter((column) => shown.includes(column.metric));

/** The demo's result: one row a cell, beside the baselines. */
export function demoTable(cells: readonly Experiment[]): string {
  const baselines = cells.find((cell) => cell.result !== null)?.result?.baselines;
  const rows = [
    ...(baselines === undefined ? [] : baselineRows(baselines, columns)).map(([name = '', ...cells]) => [
      name,
      '',
      ...cells,
    ]),
    ...cells.map((cell) => {
      const metrics = cell.result === null ? [cell.status] : metricCells(cell.result.last.metrics, columns);
      return [String(cell.config.loss), String(cell.config.sec_wei), ...metrics];
    }),
  ];
  return formatTable(['loss', 'sec_wei', ...columns.map((column) => column.heading)], rows);
}
