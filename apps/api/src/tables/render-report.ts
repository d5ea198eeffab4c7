import { paperDatasets } from '@spherelab/catalogue';
import { plusMinus } from '@spherelab/statistics';
import type { ReportedMetric, ReportRow } from './paper-report.ts';

/** One line for each published number; fractions as fractions, nothing where nothing was measured. */
export function reportAsCsv(rows: readonly ReportRow[]): string {
  const header =
    'dataset,loss,regulariser,status,metric,paper,n,mean,sd,difference,ci95_low,ci95_high,best_on_test_mean,best_on_test_sd,numerics,' +
    'minus_plain_pairs,minus_plain_mean,minus_plain_low,minus_plain_high,minus_plain_verdict';
  const lines = rows.flatMap((row) =>
    Object.entries(row.metrics).map(([name, metric]) => {
      const { paper, n, mean, sd, difference, ci95, best_on_test: best } = metric;
      const cell = [row.dataset, row.loss, row.regulariser, row.status, name];
      const paired = row.minus_plain[name];
      return [
        ...cell,
        paper,
        n,
        mean,
        sd,
        difference,
        ci95?.[0],
        ci95?.[1],
        best?.mean,
        best?.sd,
        row.numerics.join(' '),
        paired?.n,
        paired?.mean,
        paired?.ci95?.[0],
        paired?.ci95?.[1],
        paired?.verdict,
      ].join(',');
    }),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

/** A table for each data set: ours beside the paper's, percent. */
export function reportAsMarkdown(rows: readonly ReportRow[]): string {
  const parts = paperDatasets.map((dataset) =>
    datasetTable(
      dataset,
      rows.filter((row) => row.dataset === dataset),
    ),
  );
  const legend = [
    'Percent: ours / paper (difference). Ours is the last evaluation of each run: mean over n seeds, ± to the',
    'farther end of its 95 % interval (Student t, within 0 and 100) where n > 1. * The best evaluation of each run by R@1 is chosen on the test',
    'classes, so it flatters; it is no result. ** These runs were made by several versions of the code.',
  ].join('\n');
  return `${[legend, ...parts].join('\n\n')}\n`;
}

function datasetTable(dataset: string, rows: readonly ReportRow[]): string {
  const metrics = Object.keys(rows[0]?.metrics ?? {});
  const header = ['loss', 'regulariser', 'status', 'n', ...metrics.map(heading), 'best R@1 *'];
  const body = rows.map((row) => [
    row.loss,
    row.regulariser,
    row.status,
    row.numerics.length > 1 ? `${row.n} **` : String(row.n),
    ...metrics.map((name) => besidePaper(row.metrics[name])),
    percent(row.metrics.recall_at_1?.best_on_test?.mean),
  ]);
  const lines = [header, header.map(() => '---'), ...body].map((line) => `| ${line.join(' | ')} |`);
  return [`## ${dataset}`, '', ...lines, ...pairLines(rows)].join('\n');
}

/** What each regulariser changed, in sentences; none where no two runs pair. */
function pairLines(rows: readonly ReportRow[]): string[] {
  const lines = rows.flatMap(({ loss, regulariser, minus_plain: differences }) => {
    const told = Object.entries(differences).map(([name, { text }]) => `${heading(name)} ${text}`);
    return told.length === 0 ? [] : [`- ${loss}, ${regulariser} minus none: ${told.join('; ')}`];
  });
  return lines.length === 0 ? [] : ['', 'Paired by seed, mean [95 % interval]:', '', ...lines];
}

function besidePaper(metric: ReportedMetric | undefined): string {
  if (metric === undefined) return '';
  const paper = percent(metric.paper);
  if (metric.mean === null || metric.difference === null) return `- / ${paper}`;
  const half = plusMinus(metric);
  const spread = half === null ? '' : ` ± ${percent(half)}`;
  const sign = metric.difference < 0 ? '' : '+';
  return `${percent(metric.mean)}${spread} / ${paper} (${sign}${percent(metric.difference)})`;
}

function heading(metric: string): string {
  if (metric.startsWith('recall_at_')) return `R@${metric.slice('recall_at_'.length)}`;
  if (metric === 'map_at_r') return 'MAP@R';
  return metric === 'norm_cv' ? 'spread of norms' : metric.toUpperCase();
}

function percent(rate: number | undefined): string {
  return rate === undefined ? '-' : (100 * rate).toFixed(2);
}
