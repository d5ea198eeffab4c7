import type { Summary } from '@spherelab/statistics';
import { isRate } from './metric-range.ts';
import { distinct, type SweepTable, type SweepTableRow } from './sweep-table.ts';

const mixedMark = '*';
const mixedNote = `${mixedMark} mixes results of several versions of the code, or of several contents of the data set.`;

function isMixed({ numerics, data_sha256: data }: SweepTableRow): boolean {
  return numerics.length > 1 || data.length > 1;
}

/** Versions by their first digits. */
function versions(numerics: readonly string[]): string {
  return numerics.map((version) => (version.length === 64 ? version.slice(0, 12) : version)).join(' + ');
}

/** One line for each row; numbers in full, fractions as fractions. */
export function tableAsCsv(table: SweepTable): string {
  const header = [
    ...table.fields,
    'n',
    ...table.metrics.flatMap((name) => [`${name}_mean`, `${name}_sd`]),
    'numerics',
    'data_sha256',
  ];
  const lines = table.rows.map((row) => [
    ...table.fields.map((field) => csvCell(row.settings[field])),
    row.n,
    ...table.metrics.flatMap((name) => [row.metrics[name]?.mean ?? '', row.metrics[name]?.sd ?? '']),
    row.numerics.join(' '),
    row.data_sha256.join(' '),
  ]);
  return [header, ...lines].map((line) => `${line.join(',')}\n`).join('');
}

/** For people; rates in percent with one decimal, as papers print them. */
export function tableAsMarkdown(table: SweepTable): string {
  const header = [...table.fields, 'n', ...table.metrics, 'numerics'];
  const body = cells(table, ' ± ').map((line, at) => [...line, versions(table.rows[at]?.numerics ?? [])]);
  const lines = [header, header.map(() => '---'), ...body];
  const text = lines.map((line) => `| ${line.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('');
  return table.rows.some(isMixed) ? `${text}\n${mixedNote}\n` : text;
}

/** A tabular with booktabs rules. */
export function tableAsLatex(table: SweepTable): string {
  const header = [...table.fields, 'n', ...table.metrics].map(escapeLatex);
  const body = cells(table, ' $\\pm$ ').map((line) => line.map(escapeLatexText).join(' & '));
  const columns = `${'l'.repeat(table.fields.length)}r${'r'.repeat(table.metrics.length)}`;
  return [
    `\\begin{tabular}{${columns}}`,
    '\\toprule',
    `${header.join(' & ')} \\\\`,
    '\\midrule',
    ...body.map((line) => `${line} \\\\`),
    '\\bottomrule',
    '\\end{tabular}',
    `% numerics: ${versions(distinct(table.rows.flatMap((row) => row.numerics)))}`,
    ...(table.rows.some(isMixed) ? [`% ${mixedNote}`] : []),
    '',
  ].join('\n');
}

function cells(table: SweepTable, plusMinus: string): string[][] {
  return table.rows.map((row) => [
    ...table.fields.map((field) => textOf(row.settings[field])),
    isMixed(row) ? `${row.n}${mixedMark}` : String(row.n),
    ...table.metrics.map((name) => summaryText(name, row.metrics[name], plusMinus)),
  ]);
}

function summaryText(name: string, summary: Summary | undefined, plusMinus: string): string {
  if (!summary) return '';
  const percent = isRate(name);
  const text = (value: number) => (percent ? (value * 100).toFixed(1) : value.toFixed(3));
  return summary.sd === null ? text(summary.mean) : `${text(summary.mean)}${plusMinus}${text(summary.sd)}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function csvCell(value: unknown): string {
  const text = value === null ? '' : textOf(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function escapeLatex(text: string): string {
  return text.replace(/[&%$#_{}]/g, (character) => `\\${character}`);
}

/** As escapeLatex, but leaves the plus-minus between two numbers alone. */
function escapeLatexText(text: string): string {
  return text.split(' $\\pm$ ').map(escapeLatex).join(' $\\pm$ ');
}
