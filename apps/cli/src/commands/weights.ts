import { isPublishedSha256, weights, weightsNames } from '@spherelab/catalogue';
import { openFileReader, readerSha256 } from '@spherelab/datasets/file-reader';
import { type ByteReader, elementCount, printableText, readTorchFile } from '@spherelab/weight-files';
import { type Command, Option } from 'commander';
import { formatTable } from '../output/print-table.ts';
import { jsonLine } from '../output/terminal-text.ts';
import { type ImportOptions, importWeights } from '../weights/import-weights.ts';
import { addWeightsFetchCommand } from './weights-fetch.ts';
import { addWeightsListCommand } from './weights-list.ts';

/** `spherelab weights`: files of weights, fetched, looked into and taken over; runs without a server. */
export function addWeightsCommand(program: Command): void {
  const command = program
    .command('weights')
    .description('files of weights: published ones, and PyTorch files (.pth), read without executing anything');
  command
    .command('inspect')
    .description('keys, shapes and types of a state dict')
    .argument('<file>', 'what torch.save wrote, in the zip or the older format')
    .option('--json', 'print JSON')
    .action(inspect);
  addWeightsListCommand(command);
  addWeightsFetchCommand(command);
  command
    .command('import')
    .description('check that a file fits a network, and copy it to <data root>/weights')
    .argument('<file>', 'a .pth file')
    .option('--backbone <name>', 'network that it is for: that of the known file, else bn_inception')
    .option('--need_bn <bool>', 'whether the head has a BatchNorm: true or false', 'true')
    .addOption(new Option('--need-bn <bool>').hideHelp())
    .option('--embedding_dim <n>', "width of the head: the file's, where it has one, else 512")
    .option('--force', 'replace a file of that name with another content')
    .option('--json', 'print JSON')
    .action(importFile);
}

function inspect(file: string, options: { readonly json?: boolean }): void {
  const [reader, close] = openFileReader(file);
  try {
    printInspection(file, reader, options.json === true);
  } finally {
    close();
  }
}

function printInspection(file: string, reader: ByteReader, asJson: boolean): void {
  const { container, tensors, scalars } = readTorchFile(reader);
  const sha256 = readerSha256(reader);
  const known = weightsNames.find((name) => isPublishedSha256(weights[name], sha256));
  if (asJson) {
    const report = {
      file,
      bytes: reader.size,
      sha256,
      known_as: known ?? null,
      container,
      tensors: [...tensors].map(([key, { dtype, shape }]) => ({ key, dtype, shape })),
      // JSON has no whole numbers beyond 2^53.
      others: Object.fromEntries([...scalars].map(([key, value]) => [key, jsonValue(value)])),
    };
    process.stdout.write(jsonLine(report));
    return;
  }
  const rows = [...tensors].map(([key, { dtype, shape }]) => [printableText(key), dtype, `[${shape.join(', ')}]`]);
  const elements = [...tensors.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const lines = [
    formatTable(['key', 'type', 'shape'], rows),
    `${tensors.size} tensors, ${elements} elements; ${container} container, ${reader.size} bytes`,
    `SHA-256 ${sha256}${known === undefined ? '' : ` (${known}: ${weights[known].about})`}`,
  ];
  if (scalars.size > 0)
    lines.push(
      `and ${scalars.size} plain values, such as ${[...scalars.keys()].slice(0, 3).map(printableText).join(', ')}`,
    );
  process.stdout.write(`${lines.join('\n')}\n`);
}

function jsonValue(value: unknown): unknown {
  const isPlain = typeof value !== 'bigint' && !(typeof value === 'number' && !Number.isFinite(value));
  return isPlain ? value : String(value);
}

async function importFile(file: string, options: ImportOptions & { readonly json?: boolean }): Promise<void> {
  const report = await importWeights(file, options);
  if (options.json) {
    process.stdout.write(jsonLine(report));
    return;
  }
  const named = (title: string, names: readonly string[]) =>
    names.length === 0 ? `${title}: none` : `${title} ${names.length}: ${names.map(printableText).join(', ')}`;
  const lines = [
    `matched ${report.matched.length} tensors of ${report.backbone}`,
    named('missing in the file, random at the start', report.missing),
    named('in the file, not used', report.unused),
    `SHA-256 ${report.sha256}${report.known ? ', the known one of that name' : ''}`,
    `${report.copied ? 'copied to' : 'already in'} ${report.path}; use it as weights "${report.name}"`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
