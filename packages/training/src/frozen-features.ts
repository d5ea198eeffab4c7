import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Environment } from '@spherelab/config';
import { type BatchStreamOptions, classBalancedSampler, type Dataset, type ImageEntry } from '@spherelab/datasets';
import { littleEndianBytes } from '@spherelab/weight-files';
import { decisiveFacts } from './decisive-facts.ts';
import { type FeatureFile, type FeatureRows, openFeatureFile, writeFeatureFile } from './feature-file.ts';
import { type FrozenRecipe, frozenTensorNames, openFrozenStages } from './frozen-graph.ts';
import { markUsed } from './mark-used.ts';
import { pictureContent } from './picture-content.ts';
import type { StepGraph } from './provide-step-graph.ts';
import { imagesOf, type ListPart, pictureBatches, type RunInputs } from './run-inputs.ts';
import { takeWorkLock } from './work-lock.ts';

/** What the output of frozen stages follows from, beside the pictures. */
export type FrozenStagesOf = {
  readonly recipe: FrozenRecipe;
  readonly graph: StepGraph;
  /** Values of the stages' tensors, among others. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly environment: Environment;
  /** `features/` under it is shared by all runs of this machine. */
  readonly cacheFolder: string;
  /** Called after each batch; may throw, which ends it. */
  readonly onProgress: () => Promise<void>;
};

/** Between two looks at what another process makes. */
const WAIT_MS = 250;

/**
 * Feeds a run with what its frozen stages make of each picture, with the test transform: there is no augmentation. Computed
 * once for each list of pictures by content, and kept.
 */
export async function frozenInputs(
  dataset: Dataset,
  options: BatchStreamOptions,
  stages: FrozenStagesOf,
): Promise<RunInputs> {
  const files = new Map<ListPart, FeatureFile>();
  const close = () => {
    for (const file of files.values()) file.close();
    return Promise.resolve();
  };
  try {
    const stagesSha256 = hashStages(stages);
    const parts = (['train', 'test', 'gallery'] as const).filter((part) => dataset[part] !== null);
    const folders = new Map(parts.map((part) => [part, folderOf(dataset, part, stages, stagesSha256)]));
    for (let left = parts; left.length > 0; left = left.filter((part) => !files.has(part))) {
      const before = files.size;
      for (const part of left) {
        const file = await provideFile(dataset, part, folders.get(part) as string, stages);
        if (file !== null) files.set(part, file);
      }
      // Another run makes what is left: two that begin together share the work.
      if (files.size === before) {
        await stages.onProgress();
        await setTimeout(WAIT_MS);
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  const { batchSize, firstStep } = options;
  const sampler = classBalancedSampler(dataset.train, options);
  const train = files.get('train') as FeatureFile;
  let step = firstStep;
  return {
    next: () => {
      const indices = sampler.batchAt(step);
      const input = new Float32Array(batchSize * train.width);
      train.read(indices, input);
      const labels = Int32Array.from(indices, (index) => (dataset.train[index] as ImageEntry).label);
      step += 1;
      return Promise.resolve({ step: step - 1, input, labels });
    },
    list: (part) => batchesOf(files.get(part) as FeatureFile, batchSize),
    close,
  };
}

async function* batchesOf(file: FeatureFile, batchSize: number) {
  const bins = file.colours.length / file.rows;
  for (let first = 0; first < file.rows; first += batchSize) {
    const count = Math.min(batchSize, file.rows - first);
    const input = new Float32Array(batchSize * file.width);
    file.read(
      Array.from({ length: count }, (_, at) => first + at),
      input,
    );
    yield { input, count, colours: () => file.colours.slice(first * bins, (first + count) * bins) };
  }
}

/** The features of a list, from the cache or made now; null while another process makes them. */
async function provideFile(
  dataset: Dataset,
  part: ListPart,
  folder: string,
  stages: FrozenStagesOf,
): Promise<FeatureFile | null> {
  const known = await openFeatureFile(folder);
  if (known !== null) {
    // Most file systems note a read once a day at most.
    markUsed(folder);
    return known;
  }
  mkdirSync(path.dirname(folder), { recursive: true });
  const lock = takeWorkLock(`${folder}.lock`);
  if (lock === null) return null;
  const { recipe, graph, weights, onProgress } = stages;
  const progress = (): Promise<void> => {
    lock.show();
    return onProgress();
  };
  try {
    const session = openFrozenStages(graph.folder, recipe, weights);
    try {
      const rows = rowsOf(dataset, part, { ...stages, onProgress: progress }, session.run);
      await writeFeatureFile(folder, session.width, rows);
    } finally {
      session.close();
    }
  } finally {
    lock.release();
  }
  const made = await openFeatureFile(folder);
  if (made === null) throw new Error(`the features in ${folder} were removed while they were written`);
  return made;
}

async function* rowsOf(
  dataset: Dataset,
  part: ListPart,
  { recipe, onProgress }: FrozenStagesOf,
  run: (pixels: Uint8Array) => Float32Array,
): FeatureRows {
  for await (const { input, count, colours } of pictureBatches(dataset, imagesOf(dataset, part), recipe.batchSize)) {
    const values = run(input);
    yield { values: values.subarray(0, (values.length / recipe.batchSize) * count), colours: colours() };
    await onProgress();
  }
}

/** SHA-256 (hex) of what the stages compute with: once for all lists, for their weights are tens of megabytes. */
function hashStages({ recipe, graph, weights, environment }: FrozenStagesOf): string {
  const hash = createHash('sha256').update(graph.sha256);
  for (const name of frozenTensorNames(recipe)) hash.update(littleEndianBytes(weights.get(name) as Float32Array));
  hash.update(decisiveFacts(environment));
  return hash.digest('hex');
}

/** Where the features of a list are kept, by the content of its images. */
function folderOf(dataset: Dataset, part: ListPart, { cacheFolder }: FrozenStagesOf, stagesSha256: string): string {
  const hash = createHash('sha256').update(stagesSha256);
  for (const entry of dataset.manifest[part] ?? []) hash.update(`\n${pictureContent(dataset, entry)}`);
  return path.join(cacheFolder, 'features', hash.digest('hex').slice(0, 32));
}
