import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { readEnvironment } from '../cli-environment.ts';
import { atomicWrite } from '../files/atomic-write.ts';
import { datasetArgument } from '../flags/dataset-argument.ts';
import { formatTable } from '../output/print-table.ts';
import { jsonLine, terminalLine } from '../output/terminal-text.ts';

type Options = { readonly out?: string; readonly json?: boolean };

/** `spherelab datasets split`: the lists of a data set as the reference's split_train_test.py writes them, byte by byte. */
export function addDatasetsSplitCommand(datasets: Command): void {
  datasets
    .command('split')
    .argument('<name>', 'cub, cars, sop, inshop, or a folder under the data root', datasetArgument)
    .description("write the reference's lists (NAME_train.txt, NAME_test.txt; query and gallery for In-Shop)")
    .option('--out <folder>', "where to; default: the data set's folder, which the lists' paths are relative to")
    .option('--json', 'print what was written as JSON')
    .action(split);
}

async function split(name: string, options: Options): Promise<void> {
  const { splitLists, splitText } = await import('@spherelab/datasets');
  const { dataRoot } = readEnvironment();
  const { name: dataset, folder, parts, notes } = await splitLists(dataRoot, name);
  const out = path.resolve(options.out ?? path.join(dataRoot, folder));
  await mkdir(out, { recursive: true });
  const lists = [];
  for (const { part, file, list } of parts) {
    const text = splitText(list);
    const target = path.join(out, file);
    await atomicWrite(target, text);
    const classes = new Set(list.map(({ label }) => label)).size;
    const sha256 = createHash('sha256').update(text).digest('hex');
    lists.push({ part, file: target, images: list.length, classes, sha256 });
  }
  if (options.json) {
    process.stdout.write(jsonLine({ dataset, lists, notes }));
    return;
  }
  const rows = lists.map(({ file, images, classes }) => [file, `${images}`, `${classes}`]);
  process.stdout.write(`${formatTable(['list', 'images', 'classes'], rows)}\n`);
  for (const note of notes) process.stdout.write(`note: ${terminalLine(note)}\n`);
}
