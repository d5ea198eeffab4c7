import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { exportFormats } from '../export-formats/index.ts';
import { jsonLine } from '../output/terminal-text.ts';

type ExportOptions = {
  readonly format: string;
  readonly checkpoint: string;
  readonly file?: string;
  readonly out: string;
  readonly json?: boolean;
};

/** `spherelab export`: what a run learned, in a file that other programs read. */
export function addExportCommand(program: Command): void {
  const names = exportFormats.map(({ name }) => name).join(', ');
  program
    .command('export')
    .description('write the weights or metrics of an experiment for other programs')
    .argument('[id]', 'experiment')
    .requiredOption('--format <name>', names)
    .option('--checkpoint <which>', 'latest, best, final, or the number of updates done', 'latest')
    .option('--file <file>', 'a downloaded checkpoint file instead of an experiment')
    .requiredOption('--out <file>', 'file to write; a folder for tensorboard')
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      `\nFormats:\n${exportFormats.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`).join('\n')}`,
    )
    .action(exportExperiment);
}

async function exportExperiment(id: string | undefined, options: ExportOptions): Promise<void> {
  const { checkpoint, file, out } = options;
  const format = exportFormats.find(({ name }) => name === options.format);
  if (format === undefined) {
    throw new CliError(`--format ${options.format}: must be ${exportFormats.map(({ name }) => name).join(', ')}`);
  }
  const { files, text, details } = await format.run({
    checkpoint,
    out,
    ...(id === undefined ? {} : { id }),
    ...(file === undefined ? {} : { file }),
  });
  const written = { format: format.name, files, ...details };
  process.stdout.write(options.json ? jsonLine(written) : `${text} in ${files.join(', ')}\n`);
}
