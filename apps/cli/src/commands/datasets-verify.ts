import type { DatasetVerification, VerifiedPart } from '@spherelab/datasets/verify';
import type { Command } from 'commander';
import { readEnvironment } from '../cli-environment.ts';
import { datasetArgument } from '../flags/dataset-argument.ts';
import { formatTable } from '../output/print-table.ts';
import { createProgressLine } from '../output/progress-line.ts';
import { jsonLine, terminalText } from '../output/terminal-text.ts';

type Options = { readonly decode?: boolean; readonly json?: boolean };

/** As many file names as a person reads; --json has them all. */
const SHOWN = 20;

/** `spherelab datasets verify`: is everything there, and as many as were published? Exit code 0 only if so. */
export function addDatasetsVerifyCommand(datasets: Command): void {
  datasets
    .command('verify')
    .argument('<name>', 'cub, cars, sop, inshop, or a folder under the data root', datasetArgument)
    .description('check counts against the published ones, and that every picture is there and can be read')
    .option('--decode', 'decode every picture, not only its header: finds files that were cut short')
    .option('--json', 'print JSON')
    .action(verify);
}

async function verify(name: string, options: Options): Promise<void> {
  const { verifyDataset } = await import('@spherelab/datasets/verify');
  const progress = createProgressLine();
  const result = await verifyDataset({
    dataRoot: readEnvironment().dataRoot,
    name,
    decode: options.decode ?? false,
    onProgress: (done, total) => progress.show(done / total, `${done}/${total} pictures`),
  });
  progress.end();
  process.stdout.write(options.json ? jsonLine(result) : terminalText(describe(result)));
  if (!result.ok) process.exitCode = 1;
}

function describe({ dataset, ok, parts, missing, unreadable, problem, notes }: DatasetVerification): string {
  const rows = parts.map((part) => [part.part, count(part, 'images'), count(part, 'classes')]);
  const lines = [
    ...(parts.length === 0 ? [] : [formatTable(['list', 'images', 'classes'], rows)]),
    ...shown('missing', missing),
    ...shown(
      'unreadable',
      unreadable.map(({ path, reason }) => `${path}: ${reason}`),
    ),
    ...notes.map((note) => `note: ${note}`),
    ...(problem === null ? [] : [`problem: ${problem}`]),
    ok ? `${dataset} is complete` : `${dataset} is not as expected`,
  ];
  return `${lines.join('\n')}\n`;
}

function count(part: VerifiedPart, of: 'images' | 'classes'): string {
  const expected = part.expected?.[of];
  return expected === undefined || expected === part[of] ? `${part[of]}` : `${part[of]} (expected ${expected})`;
}

function shown(what: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > SHOWN ? [`  ... and ${items.length - SHOWN} more`] : [];
  return [`${what}: ${items.length}`, ...items.slice(0, SHOWN).map((item) => `  ${item}`), ...more];
}
