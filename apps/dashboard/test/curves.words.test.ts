import { describe, expect, it } from 'vitest';
import { baselineLines } from '../src/experiment/curves/baseline-lines.ts';
import { chartCsv } from '../src/experiment/curves/chart-downloads.tsx';
import { chartGroups, comparedTitle } from '../src/experiment/curves/chart-groups.ts';
import { chartSvg } from '../src/experiment/curves/chart-svg.ts';
import { valuesAt } from '../src/experiment/curves/chart-tooltip.ts';
import { changeText, spreadOf } from '../src/experiment/norms/spread-text.ts';
import { embeddingDoubts } from '../src/experiment/run-doubts.ts';
import { axisText } from '../src/scales/axis-text.ts';
import { logTicks } from '../src/scales/log-ticks.ts';

describe('labels of an axis', () => {
  it.each([
    [0, '0'],
    [0.15, '0.15'],
    [0.30000000000000004, '0.3'],
    [-0.2, '-0.2'],
    [0.0005, '5×10⁻⁴'],
    [1e-5, '10⁻⁵'],
    [-1e-5, '-10⁻⁵'],
    [250, '250'],
    [9999, '9999'],
    [20_000, '20k'],
    [1_500_000, '1.5M'],
  ])('%d is %s', (tick, text) => {
    expect(axisText(tick)).toBe(text);
  });

  it('stand at decades on a logarithmic axis, and between them where there are few', () => {
    expect(logTicks(2e-6, 0.5)).toEqual([1e-5, 1e-4, 1e-3, 1e-2, 0.1]);
    expect(logTicks(0.8, 30)).toEqual([1, 2, 5, 10, 20]);
    expect(logTicks(1e-12, 1)).toEqual([1e-12, 1e-9, 1e-6, 1e-3, 1]);
  });
});

describe('a chart', () => {
  const lines = [
    { name: 'R@1', colour: '#000', points: [[-1, 0.25] as const, [50, 0.5] as const] },
    { name: 'plain, seed 1', colour: '#111', points: [[50, 0.4] as const] },
  ];

  it('tells what each line has or had last at a step, the highest first, without what is behind a smoothed line', () => {
    const four = [
      ...lines,
      { name: 'late', colour: '#222', points: [] },
      { name: 'raw', colour: '#333', points: [], isFaint: true },
    ];
    const columns = [
      [0.25, null, 0.5],
      [null, 0.4, 0.6],
      [null, null, null],
      [1, 1, 1],
    ];
    const told = (at: number) => valuesAt(four, columns, at).map(({ line, value }) => [line.name, value]);
    expect(told(0)).toEqual([['R@1', 0.25]]);
    expect(told(1)).toEqual([
      ['plain, seed 1', 0.4],
      ['R@1', 0.25],
    ]);
    expect(told(2)).toEqual([
      ['plain, seed 1', 0.6],
      ['R@1', 0.5],
    ]);
  });

  it('is an SVG with its title, rounded ticks, a polyline or a dot for each line, and dashes in the legend', () => {
    const dashed = { ...lines[0], name: 'a < b', dash: [4, 3] } as (typeof lines)[number];
    const svg = chartSvg({ title: 'Recall, %', lines: [...lines, dashed], isLog: false, inPercent: true, range: null });
    expect(svg).toContain('>Recall, %, over steps</text>');
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    expect(svg.match(/<circle/g)).toHaveLength(1);
    expect(svg.match(/stroke-dasharray="4 3"/g)).toHaveLength(2);
    expect(svg).toContain('a &#60; b');
    expect(svg).toMatch(/>(30|40|50)<\/text>/);
    expect(svg).not.toMatch(/NaN|Infinity/);
    const log = chartSvg({ title: 'lr', lines, isLog: true, inPercent: false, range: [0, 10] });
    expect(log).not.toMatch(/NaN|Infinity/);
  });

  it('is a table of its steps', () => {
    expect(chartCsv(lines)).toBe('step,R@1,"plain, seed 1"\n-1,0.25,\n50,0.5,0.4\n');
  });

  it('shows the baselines of a run that has ended, from its first step to its last', () => {
    const result = { baselines: { untrained: { metrics: { recall_at_1: 0.25 } } } };
    expect(baselineLines(result, lines, 'light')).toMatchObject([
      {
        name: 'R@1, untrained network',
        points: [
          [-1, 0.25],
          [50, 0.25],
        ],
      },
    ]);
    expect(baselineLines(null, lines, 'light')).toEqual([]);
    expect(baselineLines(result, [], 'light')).toEqual([]);
  });

  it('says which metric is drawn where runs are compared', () => {
    const titles = chartGroups.map(comparedTitle);
    expect(titles).toContain('Recall at K: R@1, %');
    expect(titles).toContain('Clustering and precision: NMI and F1, %');
    expect(titles).toContain('Learning rate');
    expect(titles).toContain('Speed, images/s');
  });
});

describe('what a run says of its embeddings', () => {
  const series = (entries: Record<string, readonly number[]>) =>
    new Map(
      Object.entries(entries).map(([name, values]) => [name, values.map((value, step) => [step, value] as const)]),
    );

  it('collapsed or exploded, in words; nothing where they are well', () => {
    expect(embeddingDoubts(series({ avg_an: [0.2, 0.995], norm_mean: [1, 1.2] }))).toEqual([
      'The embeddings collapsed: images of different classes have a mean cosine of 0.995.',
    ]);
    expect(embeddingDoubts(series({ avg_an: [0.2, 0.1], norm_mean: [2, 50] }))).toEqual([
      'The norms exploded: their mean is 50.0, 25 times that of the first batches.',
    ]);
    expect(embeddingDoubts(series({ avg_an: [0.99, 0.3], norm_mean: [2, 10] }))).toEqual([]);
    expect(embeddingDoubts(new Map())).toEqual([]);
  });

  it('the spread of the norms as it went, not as SEC would have it', () => {
    expect(spreadOf({ norms: { mean: 2, sd: 0.5 } as never })).toBe(25);
    expect(changeText(10, 25)).toBe('the spread widens from 10 to 25 %');
    expect(changeText(25, 9.04)).toBe('the spread narrows from 25 to 9.0 %');
    expect(changeText(20, 21)).toBe('the spread stays at about 21 %');
  });
});
