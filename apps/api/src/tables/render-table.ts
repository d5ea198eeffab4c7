import { plusMinus, type Summary } from '@spherelab/statistics';
import { csvCell, csvLine } from './csv-line.ts';
import { metricText } from './metric-text.ts';
import { metricsOfPairs, pairHeading, pairLines, pairNote } from './pair-text.ts';
import { settingText } from './setting-text.ts';
import { distinct, type SweepTable } from './sweep-table.ts';

const mixedMark = '*';
const mixedNote = `${mixedMark} mixes results of several versions of the code, or of several contents of the data set.`;

/** Versions by their first digits. */
function versions(numerics: readonly string[]): string {
  return numerics.map((version) => (version.length === 64 ? version.slice(0, 12) : version)).join(' + ');
}

/** What ± and sd are, under every table that has them. */
const spreadNote =
  '± reaches to the farther end of the 95 % interval of the mean (Student t, within the range of the metric); sd is the standard deviation of the runs. Rates in percent.';

/** One line for each row; numbers in full, fractions as fractions. */
export function tableAsCsv(table: SweepTable): string {
  const header = [
    ...table.fields,
    'n',
    ...table.metrics.flatMap((name) => ['mean', 'sd', 'ci95_low', 'ci95_high'].map((part) => `${name}_${part}`)),
    'numerics',
    'data_sha256',
  ];
  const lines = table.rows.map((row) => [
    ...table.fields.map((field) => csvCell(row.settings[field])),
    row.n,
    ...table.metrics.flatMap((name) => {
      const summary = row.metrics[name];
      return [summary?.mean, summary?.sd, summary?.ci95?.[0], summary?.ci95?.[1]].map((value) => value ?? '');
    }),
    row.numerics.join(' '),
    row.data_sha256.join(' '),
  ]);
  return [header, ...lines].map((line) => `${line.join(',')}\n`).join('');
}

/** Each row minus its baseline, paired by seed; numbers in full, fractions as fractions. */
export function pairsAsCsv({ fields, pairs }: SweepTable): string {
  const metrics = metricsOfPairs({ pairs });
  const parts = ['pairs', 'mean', 'sd', 'ci95_low', 'ci95_high', 'verdict'];
  const header = ['field', 'baseline', ...fields, ...metrics.flatMap((name) => parts.map((part) => `${name}_${part}`))];
  const lines = pairs.map(({ field, baseline, treatment, metrics: differences }) => [
    field,
    baseline[field],
    ...fields.map((name) => treatment[name]),
    ...metrics.flatMap((name) => {
      const { n, mean, sd, ci95, verdict } = differences[name] ?? {};
      return [n, mean, sd, ci95?.[0], ci95?.[1], verdict].map((value) => value ?? null);
    }),
  ]);
  return [header, ...lines].map(csvLine).join('');
}

/** For people; rates in percent with one decimal, as papers print them. */
export function tableAsMarkdown(table: SweepTable): string {
  const body = cells(table).map((line, at) => [...line, versions(table.rows[at]?.numerics ?? [])]);
  const rows = markdownTable([...heading(table), 'numerics'], body);
  const pairs = pairLines(table);
  const paired = pairs.length === 0 ? [] : [pairNote, markdownTable(pairHeading(table), pairs)];
  return [rows, ...notes(table).map((note) => `${note}\n`), ...paired].join('\n');
}

function notes(table: SweepTable): string[] {
  const spread = table.metrics.some((name) => hasSpread(table, name)) ? [spreadNote] : [];
  return table.rows.some(({ mixed }) => mixed) ? [...spread, mixedNote] : spread;
}

function markdownTable(header: readonly string[], body: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...body];
  return lines.map((line) => `| ${line.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('');
}

/** A tabular with booktabs rules, and one for the pairs. */
export function tableAsLatex(table: SweepTable): string {
  const pairs = pairLines(table);
  const columns = `${'l'.repeat(table.fields.length)}${'r'.repeat(heading(table).length - table.fields.length)}`;
  return [
    ...latexTabular(columns, heading(table), cells(table)),
    ...notes(table).map((note) => `% ${note}`),
    `% numerics: ${versions(distinct(table.rows.flatMap((row) => row.numerics)))}`,
    ...(pairs.length === 0
      ? []
      : ['', `% ${pairNote}`, ...latexTabular('l'.repeat(pairHeading(table).length), pairHeading(table), pairs)]),
    '',
  ].join('\n');
}

function latexTabular(columns: string, header: readonly string[], body: readonly (readonly string[])[]): string[] {
  const lineOf = (line: readonly string[]) => `${line.map(latexText).join(' & ')} \\\\`;
  return [
    `\\begin{tabular}{${columns}}`,
    '\\toprule',
    lineOf(header),
    '\\midrule',
    ...body.map(lineOf),
    '\\bottomrule',
    '\\end{tabular}',
  ];
}

/** A metric has a column for its spread where one of the rows has one. */
function hasSpread(table: SweepTable, name: string): boolean {
  return table.rows.some((row) => (row.metrics[name]?.n ?? 0) > 1);
}

function heading(table: SweepTable): string[] {
  const metrics = table.metrics.flatMap((name) => (hasSpread(table, name) ? [`${name} ± 95 %`, 'sd'] : [name]));
  return [...table.fields, 'n', ...metrics];
}

function cells(table: SweepTable): string[][] {
  return table.rows.map((row) => [
    ...table.fields.map((field) => settingText(row.settings[field])),
    row.mixed ? `${row.n}${mixedMark}` : String(row.n),
    ...table.metrics.flatMap((name) => {
      const summary = row.metrics[name];
      return hasSpread(table, name) ? [meanText(name, summary), sdText(name, summary)] : [meanText(name, summary)];
    }),
  ]);
}

function meanText(name: string, summary: Summary | undefined): string {
  if (!summary) return '';
  const half = plusMinus(summary);
  return half === null
    ? metricText(name, summary.mean)
    : `${metricText(name, summary.mean)} ± ${metricText(name, half)}`;
}

function sdText(name: string, summary: Summary | undefined): string {
  return summary?.sd == null ? '' : metricText(name, summary.sd);
}

const latexWords: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '±': '$\\pm$',
};

/** A cell; what LaTeX would obey is written out, and a bracket is no argument of the rule or line break before it. */
function latexText(text: string): string {
  const written = text.replace(/[&%$#_{}\\^~<>|±]/g, (character) => latexWords[character] ?? `\\${character}`);
  return written.replace(/\s+/g, ' ').replace(/^\[/, '{[}');
}
