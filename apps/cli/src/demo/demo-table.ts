import { baselineRows } from '../output/baseline-rows.ts';
import { metricCells, metricColumns } from '../output/metric-columns.ts';
import { formatTable } from '../output/print-table.ts';
import type { Experiment } from '../server/api-types.ts';

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

/** Says which runs are not above the pretrained features that they began with, in R@1; null where all are. */
export function belowFeatures(cells: readonly Experiment[]): string | null {
  const below = cells.filter(({ result }) => {
    const features = result?.baselines.features?.metrics.recall_at_1;
    return features !== undefined && (result?.last.metrics.recall_at_1 ?? 0) <= features;
  });
  if (below.length === 0) return null;
  const names = below.map(({ config }) => `${config.loss} (sec_wei ${config.sec_wei})`).join(', ');
  return `not above the pretrained features in R@1: ${names}`;
}
