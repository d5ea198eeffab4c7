import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { serverAddress } from '../cli-environment.ts';
import { formatTable } from '../output/print-table.ts';
import { resultTable } from '../output/result-table.ts';
import { jsonLine, terminalLine, terminalText } from '../output/terminal-text.ts';
import { ApiClient } from '../server/api-client.ts';
import type { Checkpoint, Experiment, MetricSeries, Page } from '../server/api-types.ts';

/** ms between two looks at a log that is followed */
const followEveryMs = 1_000;

/** `show`, `metrics`, `logs`, `checkpoints`, `delete`: single experiments. */
export function addLookingCommands(program: Command): void {
  program
    .command('show <id>')
    .description('one experiment: config with sources, state, result')
    .option('--json', 'print JSON')
    .action(show);
  program
    .command('metrics <id>')
    .description('metric series')
    .option('--name <name...>', 'only these')
    .option('--max_points <n>', 'at most so many points a series, extremes kept')
    .option('--format <format>', 'json, csv or ndjson', 'csv')
    .option('--json', 'print JSON')
    .action(metrics);
  program
    .command('logs <id>')
    .description('what the trainer logged')
    .option('--follow', 'keep reading until the run has ended')
    .option('--json', 'print JSON')
    .action(logs);
  program
    .command('checkpoints <id>')
    .description('checkpoints of an experiment: kind, updates, size, SHA-256 of the weights')
    .option('--json', 'print JSON')
    .action(checkpoints);
  program
    .command('delete <id...>')
    .description('delete experiments that do not run, with all that they measured and saved')
    .action(remove);
}

async function show(id: string, options: { readonly json?: boolean }): Promise<void> {
  const experiment = await new ApiClient(serverAddress()).get<Experiment>(`/experiments/${encodeURIComponent(id)}`);
  if (options.json) return print(experiment);
  const reason = experiment.error?.message ?? experiment.status_reason;
  const head = [
    `experiment ${experiment.id}${experiment.name === null ? '' : ` "${terminalLine(experiment.name)}"`}`,
    `status     ${experiment.status}${reason ? `: ${terminalLine(reason)}` : ''}`,
    `steps      ${experiment.steps_done}/${experiment.total_updates ?? '?'} (attempt ${experiment.attempt}${setbacks(experiment)})`,
    `created    ${experiment.created_at}, started ${experiment.started_at ?? '-'}, finished ${experiment.finished_at ?? '-'}`,
  ];
  const config = Object.entries(experiment.config).map(([field, value]) => [
    field,
    JSON.stringify(value),
    experiment.sources[field] ?? '',
  ]);
  process.stdout.write(`${head.join('\n')}\n\n${formatTable(['field', 'value', 'source'], config)}\n`);
  if (experiment.result === null) return;
  process.stdout.write(`\n${resultTable(experiment.result)}\nweights SHA-256 ${experiment.result.weights_sha256}\n`);
}

function setbacks({ failures, interruptions }: Experiment): string {
  if (failures + interruptions === 0) return '';
  return `; in a row without a new checkpoint: ${failures} failed, ${interruptions} interrupted`;
}

async function metrics(
  id: string,
  options: {
    readonly name?: readonly string[];
    readonly max_points?: string;
    readonly format: string;
    readonly json?: boolean;
  },
): Promise<void> {
  const query = new URLSearchParams((options.name ?? []).map((name): [string, string] => ['name', name]));
  if (options.max_points !== undefined) query.set('max_points', options.max_points);
  const path = `/experiments/${encodeURIComponent(id)}/metrics`;
  const api = new ApiClient(serverAddress());
  if (options.json || options.format === 'json') return print(await api.get<MetricSeries>(`${path}?${query}`));
  query.set('format', options.format);
  process.stdout.write(terminalText(await api.text(`${path}?${query}`)));
}

type Line = { readonly id: number; readonly level: string; readonly message: string; readonly logged_at: string };

async function logs(id: string, options: { readonly json?: boolean; readonly follow?: boolean }): Promise<void> {
  const api = new ApiClient(serverAddress());
  const path = `/experiments/${encodeURIComponent(id)}`;
  if (options.json && !options.follow) return print(await api.get<Page<Line>>(`${path}/logs?limit=5000`));
  const settled = ['succeeded', 'failed', 'cancelled'];
  let cursor = 0;
  for (;;) {
    // The state first: what was logged before the end is then in what is read next.
    const { status } = await api.getPatiently<Experiment>(path);
    const { items, next_cursor: more } = await api.getPatiently<Page<Line>>(`${path}/logs?cursor=${cursor}&limit=5000`);
    for (const line of items) {
      process.stdout.write(options.json ? jsonLine(line) : lineText(line));
      cursor = line.id;
    }
    if (more !== null) continue;
    if (!options.follow || settled.includes(status)) return;
    await sleep(followEveryMs);
  }
}

function lineText({ logged_at, level, message }: Line): string {
  return `${logged_at} ${level.padEnd(5)} ${terminalText(message)}\n`;
}

async function checkpoints(id: string, options: { readonly json?: boolean }): Promise<void> {
  const page = await new ApiClient(serverAddress()).get<Page<Checkpoint>>(
    `/experiments/${encodeURIComponent(id)}/checkpoints`,
  );
  if (options.json) return print(page);
  const rows = page.items.map((one) => [
    one.id,
    one.kind,
    String(one.step),
    `${(one.bytes / 2 ** 20).toFixed(1)} MiB`,
    one.weights_sha256,
    one.created_at,
  ]);
  process.stdout.write(`${formatTable(['id', 'kind', 'updates', 'size', 'weights SHA-256', 'saved'], rows)}\n`);
}

async function remove(ids: readonly string[]): Promise<void> {
  const api = new ApiClient(serverAddress());
  for (const id of ids) {
    await api.delete(`/experiments/${encodeURIComponent(id)}`);
    process.stdout.write(`deleted experiment ${id}\n`);
  }
}

function print(value: unknown): void {
  process.stdout.write(jsonLine(value));
}
