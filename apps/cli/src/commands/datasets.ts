import { fetchedDatasets, openCatalogue } from '@spherelab/datasets/catalogue';
import type { Command } from 'commander';
import { readEnvironment } from '../cli-environment.ts';
import { formatTable } from '../output/print-table.ts';
import { jsonLine } from '../output/terminal-text.ts';
import { addDatasetsFetchCommand } from './datasets-fetch.ts';
import { addDatasetsSplitCommand } from './datasets-split.ts';
import { addDatasetsVerifyCommand } from './datasets-verify.ts';

/** `spherelab datasets list|fetch|split|verify`: what the data root holds, or can have; runs without a server. */
export function addDatasetsCommand(program: Command): void {
  const datasets = program.command('datasets').description('data sets under the data root (SPHERELAB_DATA_DIR)');
  datasets
    .command('list')
    .description('names and sizes; what can be fetched')
    .option('--json', 'print JSON')
    .action(list);
  addDatasetsFetchCommand(datasets);
  addDatasetsSplitCommand(datasets);
  addDatasetsVerifyCommand(datasets);
}

async function list(options: { readonly json?: boolean }): Promise<void> {
  const { dataRoot } = readEnvironment();
  const catalogue = openCatalogue({ cacheFolder: null });
  const found = await catalogue.list(dataRoot).finally(() => catalogue.close());
  const items = found.map(({ name, facts, problem }) => (facts === null ? { name, error: problem } : facts));
  const available = fetchedDatasets.filter(({ name }) => !items.some((item) => item.name === name));
  if (options.json) {
    process.stdout.write(jsonLine({ data_root: dataRoot, items, available }));
    return;
  }
  const rows = items.map((item) =>
    'error' in item
      ? [item.name, item.error]
      : [item.name, `${item.trainingClasses} classes, ${item.trainingImages} images`, `${item.testClasses} classes`],
  );
  process.stdout.write(`data root: ${dataRoot}\n${formatTable(['name', 'train', 'test'], rows)}\n`);
  for (const { name, command } of available) process.stdout.write(`${name}: not here yet; ${command}\n`);
}
