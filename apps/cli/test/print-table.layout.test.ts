import { describe, expect, it } from 'vitest';
import { metricCells } from '../src/output/metric-columns.ts';
import { formatTable } from '../src/output/print-table.ts';

describe('tables', () => {
  it('line columns up, first to the left, others to the right', () => {
    expect(
      formatTable(
        ['loss', 'R@1'],
        [
          ['ms', '9.0'],
          ['triplet', '10.5'],
        ],
      ),
    ).toBe('loss      R@1\n-------  ----\nms        9.0\ntriplet  10.5');
  });

  it('show what was not measured as a dash, never as 0', () => {
    expect(metricCells({ recall_at_1: 0.5, norm_cv: 0 })).toEqual(['50.0', '-', '-', '-', '-', '-', '-', '-', '0.000']);
  });
});
