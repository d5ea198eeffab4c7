import { readFile } from 'node:fs/promises';
import type { EvaluationResult } from '@spherelab/evaluation';
import type { Command } from 'commander';
import { readEnvironment, serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { type NpyData, readNpy } from '../files/npy-file.ts';
import { evaluateExperiment } from '../models/evaluate-experiment.ts';
import { formatTable } from '../output/print-table.ts';
import { jsonLine } from '../output/terminal-text.ts';
import { ApiClient } from '../server/api-client.ts';

type EvaluateOptions = {
  readonly experiment?: string;
  readonly checkpoint: string;
  readonly embeddings?: string;
  readonly labels?: string;
  readonly galleryEmbeddings?: string;
  readonly galleryLabels?: string;
  readonly k?: string;
  readonly cluster: boolean;
  readonly seed: string;
  readonly json?: boolean;
};

type Rows = { readonly embeddings: Float32Array; readonly labels: Int32Array; readonly dim: number };

/** K where files say nothing of a data set. */
const defaultKs = [1, 2, 4, 8];

/** `spherelab evaluate`: R@K, NMI, AMI, F1 of embeddings in .npy files, without a server; or of an experiment's checkpoint. */
export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('R@K, NMI, AMI, F1, MAP@R, R-precision and norm_cv of embeddings in .npy files, or of an experiment')
    .option('--embeddings <file>', 'floats [n, d], raw or normalised')
    .option('--labels <file>', 'whole numbers [n]')
    .option('--experiment <id>', 'embed the test images here with a checkpoint of this experiment and score them')
    .option('--checkpoint <which>', 'of the experiment: latest, best, final, or a number of updates', 'latest')
    .option('--gallery-embeddings <file>', 'retrieve from these instead of from the rest of the queries')
    .option('--gallery-labels <file>')
    .option('--k <list>', "K of Recall@K; by default 1,2,4,8, or those of the experiment's data set")
    .option('--no-cluster', 'leave out NMI, AMI and F1, which need k-means')
    .option('--seed <n>', 'seed of k-means', '0')
    .option('--json', 'print JSON')
    .action(evaluate);
}

async function evaluate(options: EvaluateOptions): Promise<void> {
  const ks = options.k?.split(',').map(Number) ?? null;
  if (ks?.some((k) => !Number.isInteger(k) || k < 1))
    throw new CliError(`--k ${options.k}: write whole numbers from 1 on, as 1,2,4,8`);
  const seed = Number(options.seed);
  if (!Number.isInteger(seed) || seed < 0)
    throw new CliError(`--seed ${options.seed}: must be a whole number from 0 on`);
  const { cluster } = options;
  if (options.experiment !== undefined) {
    if (options.embeddings !== undefined || options.labels !== undefined)
      throw new CliError('name either --experiment or --embeddings and --labels');
    const environment = readEnvironment();
    const { experiment: id, checkpoint: which } = options;
    const api = new ApiClient(serverAddress());
    const found = await evaluateExperiment(api, { id, checkpoint: which, ...environment, ks, cluster, seed });
    const { checkpoint, description, scores } = found;
    if (options.json) return print(scores, { checkpoint_id: checkpoint.id, updates: checkpoint.step });
    process.stdout.write(`${description}, ${checkpoint.step} updates (${checkpoint.kind})\n`);
    return printTable(scores);
  }
  const { embeddings, labels } = options;
  if (embeddings === undefined || labels === undefined)
    throw new CliError('name --embeddings and --labels, or --experiment');
  const query = await readRows(embeddings, labels);
  const gallery = await readGallery(options, query.dim);
  const { evaluateEmbeddings } = await import('@spherelab/evaluation');
  const result = evaluateEmbeddings(query, gallery, { ks: ks ?? defaultKs, cluster, seed });
  if (options.json) print(result);
  else printTable(result);
}

function print(result: EvaluationResult, facts: object = {}): void {
  process.stdout.write(jsonLine({ ...result, ...facts }));
}

function printTable({ recall, ...others }: EvaluationResult): void {
  const rows = [
    ...Object.entries(recall).map(([k, value]) => [`R@${k}`, value.toFixed(4)]),
    ...Object.entries(others).map(([name, value]) => [name, Number(value).toFixed(4)]),
  ];
  process.stdout.write(`${formatTable(['metric', 'value'], rows)}\n`);
}

async function readGallery(options: EvaluateOptions, dim: number): Promise<Rows | null> {
  const { galleryEmbeddings, galleryLabels } = options;
  if (galleryEmbeddings === undefined && galleryLabels === undefined) return null;
  if (galleryEmbeddings === undefined || galleryLabels === undefined) {
    throw new CliError('--gallery-embeddings and --gallery-labels go together');
  }
  const gallery = await readRows(galleryEmbeddings, galleryLabels);
  if (gallery.dim !== dim)
    throw new CliError(`${galleryEmbeddings} has ${gallery.dim} columns, ${options.embeddings} has ${dim}`);
  return gallery;
}

async function readRows(embeddingsFile: string, labelsFile: string): Promise<Rows> {
  const rows = readNpy(await read(embeddingsFile), embeddingsFile);
  const labels = readNpy(await read(labelsFile), labelsFile);
  const [count, dim] = rows.shape;
  if (rows.shape.length !== 2 || count === undefined || dim === undefined || dim === 0) {
    throw new CliError(`${embeddingsFile} has shape (${rows.shape}), not (n, d)`);
  }
  if (!(rows.data instanceof Float32Array || rows.data instanceof Float64Array)) {
    throw new CliError(`${embeddingsFile} holds whole numbers, not float rows`, castTo('float32', embeddingsFile));
  }
  // A column of labels is as good as a list.
  const isColumn = labels.shape.length === 2 && labels.shape[1] === 1;
  if ((labels.shape.length !== 1 && !isColumn) || labels.shape[0] !== count) {
    throw new CliError(
      `${labelsFile} has shape (${labels.shape}), not (${count}) as ${embeddingsFile} has ${count} rows`,
    );
  }
  return { embeddings: Float32Array.from(rows.data), labels: toInt32(labels.data, labelsFile), dim };
}

function castTo(type: string, file: string): string {
  return `in Python: numpy.save("${file}", numpy.load("${file}").astype("${type}"))`;
}

function toInt32(data: NpyData, file: string): Int32Array {
  if (data instanceof Float32Array || data instanceof Float64Array)
    throw new CliError(`${file} holds floats, not labels`, castTo('int64', file));
  return Int32Array.from(data as ArrayLike<number | bigint>, (value) => {
    const label = Number(value);
    if (label !== (label | 0)) throw new CliError(`${file} holds label ${value}, which is beyond 32 bits`);
    return label;
  });
}

async function read(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(`${file} cannot be read (${error.code})`);
  });
}
