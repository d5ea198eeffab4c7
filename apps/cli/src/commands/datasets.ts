import { openCatalogue } from '@spherelab/datasets/catalogue';
import type { Command } from 'commander';
import { readEnvironment } from '../cli-environment.ts';
import { formatTable } from '../output/print-table.ts';
import { jsonLine } from '../output/terminal-text.ts';
import { addDatasetsSplitCommand } from './datasets-split.ts';
import { addDatasetsVerifyCommand } from './datasets-verify.ts';

/** `spherelab datasets list|split|verify`: what the data root holds; runs without a server. */
export function addDatasetsCommand(program: Command): void {
  const datasets = program.command('datasets').description('data sets under the data root (SPHERELAB_DATA_DIR)');
  datasets.command('list').description('names and sizes').option('--json', 'print JSON').action(list);
  addDatasetsSplitCommand(datasets);
  addDatasetsVerifyCommand(datasets);
}

async function list(options: { readonly json?: boolean }): Promise<void> {
  const { dataRoot } = readEnvironment();
  const catalogue = openCatalogue({ cacheFolder: null });
  const found = await catalogue.list(dataRoot).finally(() => catalogue.close());
  const items = found.map(({ name, facts, problem }) => (facts === null ? { name, error: problem } : facts));
  if (options.json) {
    process.stdout.write(jsonLine({ data_root: dataRoot, items }));
    return;
  }
  const rows = items.map((item) =>
    'error' in item
      ? [item.name, item.error]
      : [item.name, `${item.trainingClasses} classes, ${item.trainingImages} images`, `${item.testClasses} classes`],
  );
  process.stdout.write(`data root: ${dataRoot}\n${formatTable(['name', 'train', 'test'], rows)}\n`);
}
