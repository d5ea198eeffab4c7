import { backboneNames, backboneRecord } from '@spherelab/catalogue';
import type { Dataset, ImageList } from '@spherelab/datasets';
import type { NetworkOptions } from '@spherelab/models';
import { type Command, Option } from 'commander';
import { readEnvironment } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { atomicWrite } from '../files/atomic-write.ts';
import { checkOut } from '../files/check-out.ts';
import { writeNpy } from '../files/npy-file.ts';
import { datasetArgument } from '../flags/dataset-argument.ts';
import type { EmbedOptions } from '../flags/embed-options.ts';
import { embedList } from '../models/embed-list.ts';
import { jsonLine, terminalLine } from '../output/terminal-text.ts';

/** `spherelab embed`: pictures to embeddings in an .npy file; needs a server only to fetch a checkpoint by its id. */
export function addEmbedCommand(program: Command): void {
  program
    .command('embed')
    .description("embed pictures with the reference's test transform into an .npy file")
    .option('--dataset <name>', 'a data set under the data root', datasetArgument)
    .option('--images <folder>', 'or every picture under a folder')
    .option('--split <part>', 'of the data set: test, train or gallery', 'test')
    .option(
      '--checkpoint <id|file>',
      'trained weights: an experiment (its last checkpoint), a checkpoint, or a downloaded checkpoint file',
    )
    .option('--weights <file|random>', 'or a PyTorch file, or "random" for an untrained network')
    .option('--backbone <name>', `network of --weights: ${backboneNames.join(', ')}`, 'conv_small')
    .option('--embedding_dim <n>', `of --weights (${defaultsOf('embedding_dim')})`)
    .option('--image_size <px>', `of --weights (${defaultsOf('image_size')})`)
    .option('--need_bn <bool>', 'whether the head of --weights has a BatchNorm', 'true')
    .addOption(new Option('--need-bn <bool>').hideHelp())
    .option('--seed <n>', 'of what is random', '0')
    .requiredOption(
      '--out <file.npy>',
      'float32 [n, d]; the relative paths go to .json beside it, labels to .labels.npy',
    )
    .option('--json', 'print what was written as JSON')
    .action(embed);
}

function defaultsOf(field: 'embedding_dim' | 'image_size'): string {
  return backboneNames.map((name) => `${backboneRecord(name).preset[field]?.value} for ${name}`).join(', ');
}

async function embed(options: EmbedOptions): Promise<void> {
  if (!options.out.endsWith('.npy')) throw new CliError(`--out ${options.out}: must end in .npy`);
  if ((options.dataset === undefined) === (options.images === undefined)) {
    throw new CliError('name either --dataset or --images');
  }
  await checkOut(options.out);
  // TensorFlow takes a second to load: only the commands that compute load it.
  const { loadModel } = await import('../models/load-model.ts');
  const model = await loadModel(options);
  const source = await openSource(options, model.options);
  try {
    const rows = await embedList(source.dataset, source.list, model);
    const dim = rows.length / source.list.length;
    const stem = options.out.slice(0, -'.npy'.length);
    await atomicWrite(options.out, writeNpy(rows, [source.list.length, dim]));
    await atomicWrite(`${stem}.json`, `${JSON.stringify(source.list.map((image) => image.path))}\n`);
    if (source.labelled)
      await atomicWrite(
        `${stem}.labels.npy`,
        writeNpy(
          Int32Array.from(source.list, ({ label }) => label),
          [source.list.length],
        ),
      );
    const written = { out: options.out, rows: source.list.length, dim, weights: model.description };
    process.stdout.write(
      options.json
        ? jsonLine(written)
        : `${written.rows} x ${dim} embeddings (${model.description}) in ${options.out}\n`,
    );
  } finally {
    model.dispose();
    await source.dataset.close();
  }
}

type Source = {
  readonly dataset: Pick<Dataset, 'pictures' | 'close'>;
  readonly list: ImageList;
  readonly labelled: boolean;
};

async function openSource(options: EmbedOptions, { imageSize }: NetworkOptions): Promise<Source> {
  const { openDataset, openImageFolder } = await import('@spherelab/datasets');
  if (options.images !== undefined) {
    const folder = await openImageFolder(options.images, imageSize);
    for (const note of folder.notes) process.stderr.write(`note: ${terminalLine(note)}\n`);
    return { dataset: folder, list: folder.images, labelled: false };
  }
  const dataset = await openDataset({ ...readEnvironment(), name: options.dataset ?? '', imageSize });
  const parts: Readonly<Record<string, ImageList | null>> = {
    test: dataset.test,
    train: dataset.train,
    gallery: dataset.gallery,
  };
  const list = parts[options.split];
  if (list === undefined || list === null) {
    await dataset.close();
    const present = Object.keys(parts).filter((part) => parts[part] !== null);
    throw new CliError(`--split ${options.split}: ${dataset.name} has ${present.join(', ')}`);
  }
  const byPath = [...list].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  return { dataset, list: byPath, labelled: true };
}
