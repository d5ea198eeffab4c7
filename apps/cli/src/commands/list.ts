import type { Command } from 'commander';
import { serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { columnHead, columnText, measuredText, plainText } from '../output/list-columns.ts';
import { formatTable } from '../output/print-table.ts';
import { jsonLine, terminalText } from '../output/terminal-text.ts';
import { ApiClient } from '../server/api-client.ts';
import type { Experiment, ExperimentGroups, Page } from '../server/api-types.ts';

type ListOptions = {
  readonly status?: string;
  readonly dataset?: string;
  readonly loss?: string;
  readonly sweep?: string;
  readonly tag?: string;
  readonly search?: string;
  readonly filter?: string;
  readonly sort?: string;
  readonly columns?: string;
  readonly group?: string;
  readonly metric?: string;
  readonly limit: string;
  readonly csv?: boolean;
  readonly json?: boolean;
};

const usualColumns = 'status,dataset,loss,sec_wei,seed,steps,recall_at_1,name';

/** `list`: experiments filtered, sorted, grouped, as a table. */
export function addListCommand(program: Command): void {
  program
    .command('list')
    .description('experiments, newest first')
    .option(
      '--status <state>',
      'one or more, separated by commas: queued, running, paused, succeeded, failed, cancelled',
    )
    .option('--dataset <name>', 'of this data set')
    .option('--loss <name>', 'of this loss')
    .option('--sweep <id>', 'shown by this sweep')
    .option('--tag <tag>', 'with this tag')
    .option('--search <words>', 'words of the title or the notes, or the beginning of an id')
    .option('--filter <conditions>', 'as "sec_wei>0, lr=0.001, recall_at_1>=0.4": fields of the config, metrics, times')
    .option('--sort <column>', 'as recall_at_1; "-recall_at_1" for the highest first')
    .option('--columns <names>', 'separated by commas: fields of the config, metrics, created_at, tags, notes, ...')
    .option('--group <fields>', 'means over experiments that are alike in these fields, separated by commas')
    .option('--metric <name>', 'what --group takes the mean of: recall_at_1 unless given')
    .option('--limit <n>', 'at most so many', '50')
    .option('--csv', 'print all that are found as CSV; fractions 0..1')
    .option('--json', 'print JSON')
    .action(list);
}

async function list(options: ListOptions): Promise<void> {
  const { json, csv, columns, group, metric, limit, search, sort } = options;
  if (metric !== undefined && group === undefined) throw new CliError('--metric needs --group');
  const { status, dataset, loss, sweep, tag, filter } = options;
  const given = Object.entries({ status, dataset, loss, sweep, tag, filter, q: search });
  const chosen = new URLSearchParams(
    given.flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])),
  );
  const api = new ApiClient(serverAddress());
  if (group !== undefined) {
    const grouping = { by: group, ...(metric !== undefined && { metric }) };
    const found = await api.get<ExperimentGroups>(`/experiments/groups?${and(chosen, grouping)}`);
    process.stdout.write(json ? jsonLine(found) : `${groupsTable(found)}\n`);
    return;
  }
  const order = sort === undefined ? {} : { sort };
  if (csv) {
    const wanted = { format: 'csv', ...(columns !== undefined && { columns }) };
    process.stdout.write(terminalText(await api.text(`/experiments/table?${and(chosen, { ...order, ...wanted })}`)));
    return;
  }
  const page = await api.get<Page<Experiment>>(`/experiments?${and(chosen, { ...order, limit })}`);
  if (json) {
    process.stdout.write(jsonLine(page));
    return;
  }
  const names = (columns ?? usualColumns).split(',').map((name) => name.trim());
  const rows = page.items.map((one) => [one.id, ...names.map((name) => columnText(one, name))]);
  process.stdout.write(`${formatTable(['id', ...names.map(columnHead)], rows)}\n`);
  if (page.next_cursor !== null)
    process.stderr.write(`the first ${page.items.length}; --limit shows more, --csv all\n`);
}

function and(query: URLSearchParams, more: Readonly<Record<string, string>>): URLSearchParams {
  return new URLSearchParams([...query, ...Object.entries(more)]);
}

function groupsTable({ by, metric, groups }: ExperimentGroups): string {
  const number = (value: number | null | undefined) => measuredText(metric, value);
  const rows = groups.map(({ values, total, n, mean, sd, ci95, best }) => [
    ...by.map((name) => plainText(values[name])),
    String(total),
    String(n),
    number(mean),
    number(sd),
    ci95 === null ? '' : `[${number(ci95[0])}, ${number(ci95[1])}]`,
    number(best),
  ]);
  return formatTable([...by, 'runs', 'succeeded', `${columnHead(metric)} mean`, 'sd', '95 % CI', 'best'], rows);
}
