import { describe, expect, it } from 'vitest';
import { tableAsLatex } from '../src/tables/render-table.ts';
import type { SweepTable, SweepTableRow } from '../src/tables/sweep-table.ts';

const summary = { n: 2, mean: 0.5, sd: 0.01, ci95: [0.41, 0.59] as const };
const row = (settings: Readonly<Record<string, unknown>>): SweepTableRow => ({
  settings,
  total: 2,
  n: 2,
  experiment_ids: [],
  numerics: ['a'.repeat(64)],
  data_sha256: [],
  mixed: true,
  metrics: { recall_at_1: summary },
});
const hostile = ['50 % & more', 'C:\\data\\x', 'a_b^c~d', '$x{$y}#', '<b>|</b>', 'two\nlines'];
const table: SweepTable = {
  fields: ['milestones', 'dataset'],
  metrics: ['recall_at_1'],
  rows: [
    ...hostile.map((dataset) => row({ milestones: [3000, 6000], dataset })),
    row({ milestones: [], dataset: 'x' }),
  ],
  pairs: [
    {
      field: 'dataset',
      baseline: { dataset: '[x]' },
      treatment: { dataset: '50 % & more' },
      metrics: { recall_at_1: { ...summary, verdict: 'within noise', text: 'within noise: ± 1.0 % & [-1, 1]' } },
    },
  ],
};

describe('the LaTeX of a table', () => {
  const lines = tableAsLatex(table).split('\n');
  const code = lines.filter((line) => !line.startsWith('%'));

  it('closes each environment that it opens, and has as many cells in each line as columns', () => {
    const open: string[] = [];
    for (const [, verb, name] of code.join('\n').matchAll(/\\(begin|end)\{(\w+)\}/g)) {
      if (verb === 'begin') open.push(name as string);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
    let columns = 0;
    let counted = 0;
    for (const line of code) {
      columns = /^\\begin\{tabular\}\{([lr]+)\}$/.exec(line)?.[1]?.length ?? columns;
      if (!line.endsWith(' \\\\')) continue;
      counted += 1;
      expect(line.split(' & ')).toHaveLength(columns);
    }
    expect(counted).toBe(1 + table.rows.length + 1 + table.pairs.length);
  });

  it('writes out what LaTeX would obey, and closes each brace', () => {
    for (const line of code.filter((one) => one.endsWith(' \\\\'))) {
      const cells = line.slice(0, -' \\\\'.length);
      // Known commands aside, each special character has a backslash before it.
      const plain = cells
        .replaceAll('$\\pm$', '')
        .replace(/\\text\w+\{\}/g, '')
        .replaceAll('{[}', '[')
        .replace(/\\[&%$#_{}]/g, '')
        .replaceAll(' & ', ' ');
      expect(plain).not.toMatch(/[&%$#_{}\\^~<>|±]/);
    }
  });

  it('begins no line with a bracket, which the line break or rule before it would take for its argument', () => {
    expect(code.filter((line) => line.startsWith('['))).toEqual([]);
    expect(code.filter((line) => line.startsWith('{[}3000,6000]'))).toHaveLength(hostile.length);
  });
});
