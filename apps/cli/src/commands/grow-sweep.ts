import type { Command } from 'commander';
import { serverAddress } from '../cli-environment.ts';
import { collect } from '../flags/collect.ts';
import { readNumber } from '../flags/read-number.ts';
import { readGrid } from '../flags/sweep-grid.ts';
import { formatTable } from '../output/print-table.ts';
import { jsonLine } from '../output/terminal-text.ts';
import { ApiClient } from '../server/api-client.ts';
import type { Rungs, Sweep } from '../server/api-types.ts';

type ExtendOptions = { readonly grid: readonly string[]; readonly samples?: string; readonly json?: boolean };

/** `extend` adds to a sweep, `rungs` tells how successive halving went. */
export function addGrowSweepCommands(program: Command): void {
  program
    .command('extend <sweep>')
    .description('add values, seeds or draws to a sweep; only the cells that are new are run')
    .option('--grid <field=v1,v2>', 'values to add to one field; repeat for more', collect, [])
    .option('--samples <count>', 'how many are drawn in all, where they are drawn')
    .option('--json', 'print the sweep as JSON')
    .action(extend);
  program
    .command('rungs <sweep>')
    .description('successive halving: what went on to more steps, and why the others stopped')
    .option('--json', 'print JSON')
    .action(rungs);
}

async function extend(id: string, { grid, samples, json }: ExtendOptions): Promise<void> {
  const api = new ApiClient(serverAddress());
  const sweep = await api.post<Sweep & { readonly added: number }>(`/sweeps/${encodeURIComponent(id)}/extend`, {
    grid: readGrid(grid),
    ...(samples === undefined ? {} : { samples: readNumber(samples) }),
  });
  process.stdout.write(json ? jsonLine(sweep) : `sweep ${sweep.id}: ${sweep.added} cells added\n`);
}

async function rungs(id: string, { json }: { readonly json?: boolean }): Promise<void> {
  const answer = await new ApiClient(serverAddress()).get<Rungs>(`/sweeps/${encodeURIComponent(id)}/rungs`);
  process.stdout.write(json ? jsonLine(answer) : `${rungsText(answer)}\n`);
}

/** Each rung with its settings, the best first. */
export function rungsText({ rungs: all }: Rungs): string {
  const fields = [...new Set(all.flatMap(({ configs }) => configs.flatMap(({ settings }) => Object.keys(settings))))];
  const rows = all.flatMap(({ steps, configs }) =>
    configs
      .toSorted((a, b) => (b.mean ?? -1) - (a.mean ?? -1))
      .map(({ settings, state, reason }) => [
        String(steps),
        ...fields.map((field) => (field in settings ? JSON.stringify(settings[field]) : '-')),
        state,
        reason,
      ]),
  );
  return formatTable(['steps', ...fields, 'state', 'why'], rows);
}
