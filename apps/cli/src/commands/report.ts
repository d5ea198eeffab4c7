import type { Command } from 'commander';
import { serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { atomicWrite } from '../files/atomic-write.ts';
import { checkOut } from '../files/check-out.ts';
import { markdownTable } from '../output/markdown-table.ts';
import { studyCsv } from '../output/study-csv.ts';
import { studyText } from '../output/study-text.ts';
import { jsonLine, terminalText } from '../output/terminal-text.ts';
import { readReport, readSubject } from '../report/read-report.ts';
import type { ReportSubject } from '../report/report-data.ts';
import { reportHtml } from '../report/report-html.ts';
import { ApiClient } from '../server/api-client.ts';

type ReportOptions = { readonly format: string; readonly out?: string; readonly json?: boolean };

const formats = ['md', 'csv', 'json', 'html'];

/** `report`: the paper's table beside ours, or what a study or sweep found. */
export function addReportCommand(program: Command): void {
  program
    .command('report [id]')
    .description("a study's answer or a sweep's table; without an id the paper's table beside what was run here")
    .option('--format <format>', 'md, csv, json, or of a study or sweep html: one file with curves and pictures', 'md')
    .option('--out <file>', 'file to write instead of printing; needed for html')
    .option('--json', 'as --format json')
    .action(report);
}

async function report(id: string | undefined, options: ReportOptions): Promise<void> {
  const format = options.json ? 'json' : options.format;
  if (!formats.includes(format)) throw new CliError(`--format ${format}: must be ${formats.join(', ')}`);
  if (format === 'html') {
    if (id === undefined) throw new CliError('--format html: needs the id of a study or sweep', 'spherelab studies');
    if (options.out === undefined) throw new CliError('--out is missing: the file that html is written to');
  }
  if (options.out !== undefined) await checkOut(options.out);
  const api = new ApiClient(serverAddress());
  const text = id === undefined ? await paperText(api, format) : await subjectText(api, id, format);
  if (options.out === undefined) process.stdout.write(terminalText(text));
  else {
    await atomicWrite(options.out, text);
    process.stderr.write(`${options.out}: ${Math.ceil(Buffer.byteLength(text) / 1024)} KiB\n`);
  }
}

async function paperText(api: ApiClient, format: string): Promise<string> {
  return endLine(await api.text(`/reports/paper?${new URLSearchParams({ format })}`));
}

async function subjectText(api: ApiClient, id: string, format: string): Promise<string> {
  const subject = await readSubject(api, id);
  if (format === 'html') {
    return reportHtml(await readReport(api, subject, new Date().toISOString().slice(0, 16).replace('T', ' ')));
  }
  return subject.kind === 'study' ? studyAnswer(subject, format) : sweepTable(api, subject.sweep.id, format);
}

function studyAnswer({ study }: ReportSubject & { readonly kind: 'study' }, format: string): string {
  if (format === 'json') return jsonLine(study);
  return format === 'csv' ? studyCsv(study) : studyText(study, markdownTable);
}

async function sweepTable(api: ApiClient, id: string, format: string): Promise<string> {
  return endLine(await api.text(`/sweeps/${encodeURIComponent(id)}/table?${new URLSearchParams({ format })}`));
}

function endLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
