import { describe, expect, it } from 'vitest';
import { foreignParts, htmlFaults } from '../../../test/html-faults.ts';
import type { ReportData } from '../src/report/report-data.ts';
import { reportHtml } from '../src/report/report-html.ts';

const sweep = { id: 'abcdef0123', name: null, counts: { succeeded: 600 }, grows: false, request: {}, created_at: '' };
const summary = { n: 2, mean: 0.5, sd: 0.1, ci95: [0.4, 0.6] as const };
const nothing = { madeAt: 'now', groups: [], beside: [], pictures: new Map<string, string>(), leftOut: [] };

const ofRows = (count: number, n: number): ReportData => {
  const rows = Array.from({ length: count }, (_, at) => ({
    settings: { lr: at },
    total: 2,
    n,
    experiment_ids: [],
    mixed: at === 0,
    metrics: n === 0 ? {} : { recall_at_1: summary },
  }));
  const pairs = rows.slice(1).map(({ settings }) => ({
    field: 'lr',
    baseline: { lr: 0 },
    treatment: settings,
    metrics: { recall_at_1: { ...summary, verdict: 'higher', text: '+1.0 points' } },
  }));
  const table = { fields: ['lr'], metrics: n === 0 ? [] : ['recall_at_1'], rows, pairs: n === 0 ? [] : pairs };
  return { ...nothing, subject: { kind: 'sweep', sweep, table } };
};

describe('a report', () => {
  it('of a sweep of which nothing has ended says so, and has no empty sections', () => {
    const page = reportHtml(ofRows(2, 0));
    expect(page).toContain('<h1>sweep abcdef01</h1>');
    expect(page).toContain('No run has ended with a result yet.');
    expect(page.match(/<h2>/g)).toHaveLength(1);
    expect(htmlFaults(page)).toEqual([]);
  });

  it('of a sweep with very many rows has a bounded number of them', () => {
    const page = reportHtml(ofRows(600, 2));
    expect(page.match(/<tr>/g)).toHaveLength(1 + 500 + 1 + 200);
    expect(page).toContain('the mean over seeds, its 95 % interval');
    expect(page).toContain('2 *');
    expect(foreignParts(page)).toEqual([]);
  });

  it('draws a curve that is no number nowhere, and norms that are all equal', () => {
    const norms = { step: 1, has_detail: false, norms: { low: 1, high: 1, counts: [5], mean: 1, sd: 0 } };
    const curves = [{ recall_at_1: [[0, null] as const], train_loss: [[0, 1] as const, [1, 1] as const] }];
    const groups = [{ label: '<a>', runs: [], curves, norms, detail: null }];
    const page = reportHtml({ ...ofRows(1, 1), groups });
    expect(page).not.toMatch(/NaN|Infinity|undefined|<a>/);
    expect(page.match(/class="line c0"/g)).toHaveLength(1);
    expect(htmlFaults(page)).toEqual([]);
  });
});
