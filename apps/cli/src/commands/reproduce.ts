import { paperLossNames } from '@spherelab/catalogue';
import type { PaperCell } from '@spherelab/config';
import type { Command } from 'commander';
import { serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { type CellChoice, chosenCells, readSeeds } from '../flags/chosen-cells.ts';
import { formatTable } from '../output/print-table.ts';
import { jsonLine } from '../output/terminal-text.ts';
import { ApiClient, ServerAway } from '../server/api-client.ts';
import type { Experiment } from '../server/api-types.ts';

type ReproduceOptions = CellChoice & {
  readonly seeds: string;
  readonly device?: string;
  readonly priority?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

/** `reproduce` posts cells of the published table. */
export function addReproduceCommand(program: Command): void {
  program
    .command('reproduce')
    .description('post cells of the published table, each with its own setting; all 48 unless chosen')
    .option('--dataset <names>', 'cub, cars, sop, inshop, separated by commas')
    .option('--loss <names>', paperLossNames.join(', '))
    .option('--regulariser <names>', 'none, l2reg, sec')
    .option('--seeds <list>', 'one run of each cell for each seed', '0')
    .option('--device <device>', 'any, cpu or gpu; not part of what is compared')
    .option('--priority <n>', 'higher runs first')
    .option('--dry-run', 'print the requests without posting them')
    .option('--json', 'print JSON')
    .action(reproduce);
}

type Posted = { readonly cell: PaperCell; readonly seed: number; readonly experiment: Experiment };
type Refused = { readonly cell: PaperCell; readonly seed: number; readonly reason: string };

async function reproduce(options: ReproduceOptions): Promise<void> {
  const seeds = readSeeds(options.seeds);
  const wanted = chosenCells(options).flatMap((cell) => seeds.map((seed) => ({ cell, seed })));
  const requests = wanted.map(({ cell, seed }) => ({ ...cell.request, seed, ...labelsOf(options) }));
  if (options.dryRun) {
    process.stdout.write(requests.map((request) => jsonLine(request)).join(''));
    return;
  }
  const api = new ApiClient(serverAddress());
  const posted: Posted[] = [];
  const refused: Refused[] = [];
  for (const [at, { cell, seed }] of wanted.entries()) {
    try {
      posted.push({ cell, seed, experiment: await api.post<Experiment>('/experiments', requests[at]) });
    } catch (error) {
      // One data set that is not there yet does not keep the others from being queued.
      if (!(error instanceof CliError) || error instanceof ServerAway) throw error;
      refused.push({ cell, seed, reason: error.message });
    }
  }
  report(posted, refused, options.json === true);
}

function report(posted: readonly Posted[], refused: readonly Refused[], asJson: boolean): void {
  if (asJson) {
    const items = posted.map(({ experiment }) => experiment);
    const refusals = refused.map(({ cell, seed, reason }) => ({ request: { ...cell.request, seed }, reason }));
    process.stdout.write(jsonLine({ items, refused: refusals }));
  } else {
    const rows = posted.map(({ cell, seed, experiment }) => [
      experiment.id,
      experiment.status,
      cell.dataset,
      cell.loss,
      cell.regulariser,
      String(seed),
    ]);
    process.stdout.write(`${formatTable(['id', 'status', 'dataset', 'loss', 'regulariser', 'seed'], rows)}\n`);
    process.stdout.write('how they stand beside the paper: spherelab report\n');
  }
  if (refused.length === 0) return;
  const reasons = [...new Set(refused.map(({ reason }) => reason))];
  throw new CliError(
    `${refused.length} of ${refused.length + posted.length} runs were refused:\n${reasons.join('\n')}`,
  );
}

/** Labels are no part of what is compared; what cannot be read stays text, so that the API names the field. */
function labelsOf({ device, priority }: ReproduceOptions): Record<string, unknown> {
  const number = Number(priority);
  return {
    ...(device === undefined ? {} : { device }),
    ...(priority === undefined ? {} : { priority: Number.isFinite(number) ? number : priority }),
  };
}
