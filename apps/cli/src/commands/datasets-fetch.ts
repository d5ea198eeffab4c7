import { fetchedDatasets } from '@spherelab/datasets/catalogue';
import type { FetchedEmoji } from '@spherelab/datasets/emoji';
import type { Command } from 'commander';
import { readEnvironment } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { interruptible } from '../interruptible.ts';
import { createProgressLine } from '../output/progress-line.ts';
import { jsonLine } from '../output/terminal-text.ts';

type Options = { readonly force?: boolean; readonly json?: boolean };

/** `spherelab datasets fetch`: makes a data set that every machine can have. */
export function addDatasetsFetchCommand(datasets: Command): void {
  datasets
    .command('fetch')
    .argument('<name>', fetchedDatasets.map(({ name, about }) => `${name}: ${about}`).join('; '))
    .description('get a public data set and put it into the data root; one that is there is counted and kept')
    .option('--force', 'make it again')
    .option('--json', 'print JSON')
    .action(fetchDataset);
}

async function fetchDataset(name: string, { force = false, json = false }: Options): Promise<void> {
  if (!fetchedDatasets.some((dataset) => dataset.name === name)) {
    const names = fetchedDatasets.map((dataset) => dataset.name).join(', ');
    throw new CliError(
      `"${name}" cannot be fetched; there is ${names}`,
      'images of your own go to <data root>/NAME/images/<class>/, the data sets of the paper where README.md says',
    );
  }
  const { fetchEmoji } = await import('@spherelab/datasets/emoji');
  const { dataRoot } = readEnvironment();
  const progress = createProgressLine();
  const fetched = await interruptible((signal) =>
    fetchEmoji({ dataRoot, force, signal, onProgress: (step, fraction) => progress.show(fraction, step) }),
  ).finally(() => progress.end());
  if (fetched !== null) process.stdout.write(json ? jsonLine(fetched) : describe(fetched));
}

function describe({ name, folder, classes, images, made }: FetchedEmoji): string {
  const there = made ? `made ${folder}` : `${folder} is there already and complete`;
  const lines = [`${there}: ${classes} classes, ${images} pictures`];
  if (made) lines.push(`whose drawings they are, and under which licences: ${folder}/SOURCES.md`);
  lines.push(`use it as data set "${name}"`);
  return `${lines.join('\n')}\n`;
}
