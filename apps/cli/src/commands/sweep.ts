import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { collect } from '../flags/collect.ts';
import { addExperimentFlags, requestFromFlags } from '../flags/experiment-flags.ts';
import { readNumber } from '../flags/read-number.ts';
import { readGrid } from '../flags/sweep-grid.ts';
import { addSearchFlags, type SearchOptions, searchFromFlags } from '../flags/sweep-search.ts';
import { planText } from '../output/plan-text.ts';
import { createProgressLine } from '../output/progress-line.ts';
import { jsonLine, terminalText } from '../output/terminal-text.ts';
import { ApiClient } from '../server/api-client.ts';
import type { Sweep, SweepPlan } from '../server/api-types.ts';

type SweepOptions = Record<string, unknown> &
  SearchOptions & {
    readonly grid: readonly string[];
    readonly sweepName?: string;
    readonly reuse?: string;
    readonly maxRunning?: string;
    readonly force?: boolean;
    readonly dryRun?: boolean;
    readonly detach?: boolean;
    readonly json?: boolean;
  };

const pollEveryMs = 1000;
const pending = ['queued', 'running'];

/** `spherelab sweep --grid loss=triplet,ms --grid sec_wei=0,0.5 --dataset shapes`. */
export function addSweepCommand(program: Command): void {
  const flags = addExperimentFlags(
    program.command('sweep').description('train every combination of the values of a grid, or draws from a space'),
  ).option('--grid <field=v1,v2>', 'values of one field; repeat for more', collect, []);
  addSearchFlags(flags)
    .option('--sweep-name <name>', 'a name for people')
    .option('--reuse <results>', 'same_numerics: show results of this version of the code alone; any: of any version')
    .option('--max-running <count>', 'how many cells may run at once')
    .option('--force', 'run cells again even where they were run before')
    .option('--dry-run', 'say what it would cost, and store nothing')
    .option('--detach', 'do not wait for the end')
    .option('--json', 'print the table as JSON')
    .action(sweep);
  program
    .command('table <sweep>')
    .description('result table of a sweep: n, mean ± 95 % interval and sd over seeds, then the paired differences')
    .option('--format <format>', 'md, csv, latex or json', 'md')
    .option('--at <evaluation>', 'last, or best by R@1, which is chosen on the images evaluated', 'last')
    .action(async (id: string, options: { readonly format: string; readonly at: string }) =>
      printTable(new ApiClient(serverAddress()), id, options.format, options.at),
    );
}

async function sweep(options: SweepOptions): Promise<void> {
  const api = new ApiClient(serverAddress());
  const body = {
    ...(options.sweepName === undefined ? {} : { name: options.sweepName }),
    ...(options.reuse === undefined ? {} : { reuse: options.reuse }),
    ...(options.maxRunning === undefined ? {} : { max_running: readNumber(options.maxRunning) }),
    ...(options.force ? { force: true } : {}),
    base: requestFromFlags(options),
    grid: readGrid(options.grid),
    ...searchFromFlags(options),
  };
  if (options.dryRun) {
    const preview = await api.post<{ readonly plan: SweepPlan }>('/sweeps', { ...body, dry_run: true });
    process.stdout.write(options.json ? jsonLine(preview) : `${planText(preview.plan)}\n`);
    return;
  }
  const posted = await api.post<Sweep>('/sweeps', body);
  process.stderr.write(`sweep ${posted.id}: ${api.url}/lab/sweeps/${posted.id}\n`);
  if (posted.plan) process.stderr.write(`${planText(posted.plan)}\n`);
  if (options.detach) {
    if (options.json) process.stdout.write(jsonLine(posted));
    return;
  }
  const ended = await watchSweep(api, posted.id);
  await printTable(api, posted.id, options.json ? 'json' : 'md');
  const failed = (ended.counts.failed ?? 0) + (ended.counts.cancelled ?? 0);
  if (failed > 0) throw new CliError(`${failed} cells did not succeed`, `spherelab list --sweep ${posted.id}`);
}

/** Follows a sweep until no cell is queued or running. */
async function watchSweep(api: ApiClient, id: string): Promise<Sweep> {
  const progress = createProgressLine();
  try {
    for (;;) {
      const now = await api.getPatiently<Sweep>(`/sweeps/${id}`);
      const total = Object.values(now.counts).reduce((sum, count) => sum + count, 0);
      const open = pending.reduce((sum, state) => sum + (now.counts[state] ?? 0), 0);
      const states = Object.entries(now.counts).filter(([, count]) => count > 0);
      progress.show(1 - open / Math.max(1, total), states.map(([state, count]) => `${count} ${state}`).join(', '));
      if (open === 0 && !now.grows) return now;
      await sleep(pollEveryMs);
    }
  } finally {
    progress.end();
  }
}

async function printTable(api: ApiClient, id: string, format: string, at = 'last'): Promise<void> {
  const query = new URLSearchParams({ format, at });
  const text = await api.text(`/sweeps/${encodeURIComponent(id)}/table?${query}`);
  process.stdout.write(terminalText(text.endsWith('\n') ? text : `${text}\n`));
}
