import { readFileSync } from 'node:fs';
import path from 'node:path';
import { canonicalDatasetName, paperResults, regulariserOf } from '@spherelab/catalogue';
import { describe, expect, it } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { paperCells, resolveExperiment } from '../src/index.ts';

/** `R@10` -> `recall_at_10`, `NMI` -> `nmi`. */
function metricName(column: string): string {
  return column.startsWith('R@') ? `recall_at_${column.slice(2)}` : column.toLowerCase();
}

describe('the published table', () => {
  it('is that of the golden data: every row in order, every number, nothing more', () => {
    const [header = '', ...lines] = readFileSync(path.join(goldenRoot(), 'paper-results.csv'), 'utf8')
      .trim()
      .split('\n');
    const columns = header.split(',').slice(3).map(metricName);
    const expected = lines.map((line) => {
      const [dataset = '', loss, regulariser, ...percents] = line.split(',');
      const present = columns.flatMap((metric, at) => (percents[at] ? [[metric, percents[at]]] : []));
      return { dataset: canonicalDatasetName(dataset), loss, regulariser, metrics: Object.fromEntries(present) };
    });
    const inPercent = paperResults.map((row) => ({
      ...row,
      metrics: Object.fromEntries(
        Object.entries(row.metrics).map(([metric, value]) => [metric, (100 * value).toFixed(2)]),
      ),
    }));
    expect(inPercent).toEqual(expected);
    expect(paperResults).toHaveLength(48);
  });

  it('has a request for each cell that resolves to the cell', () => {
    for (const { dataset, loss, regulariser, request } of paperCells) {
      const { config } = resolveExperiment(request, null);
      expect(config).toMatchObject({ dataset, loss, protocol: 'paper' });
      expect(regulariserOf(config)).toBe(regulariser);
    }
  });

  it("gives SEC and L2-reg the README's weights, marked ours wherever the README does not speak of the cell", () => {
    const weightOf = (dataset: string, loss: string, regulariser: string) =>
      paperCells.find((cell) => cell.dataset === dataset && cell.loss === loss && cell.regulariser === regulariser);
    expect(weightOf('cub', 'triplet', 'sec')).toMatchObject({ request: { sec_wei: 1 }, weightSource: 'readme' });
    expect(weightOf('cub', 'triplet', 'l2reg')).toMatchObject({ request: { l2reg_wei: 1e-4 }, weightSource: 'readme' });
    expect(weightOf('sop', 'ms', 'sec')).toMatchObject({ request: { sec_wei: 1 }, weightSource: 'ours' });
    expect(weightOf('cub', 'ms', 'none')).toMatchObject({ weightSource: null });
    expect(paperCells.filter(({ weightSource }) => weightSource === 'readme')).toHaveLength(2);
  });
});
