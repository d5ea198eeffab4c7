import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { nativeBackend, tf } from '@spherelab/tensorflow';
import type { FrozenRecipe } from './frozen-graph.ts';
import { graphRecipe, type StepRecipe } from './step-recipe.ts';
import { TrainingError } from './training-error.ts';
import { madeOnce, takeWorkLock } from './work-lock.ts';

const require = createRequire(import.meta.url);
const run = promisify(execFile);

const GRAPH_FILE = 'saved_model.pb';
/** Between two looks at what another process records. */
const WAIT_MS = 100;
const SHOW_MS = 5_000;

/** A recorded step, or the recorded stages before it that are not trained, on disk. */
export type StepGraph = {
  readonly folder: string;
  readonly content: Uint8Array;
  /** SHA-256 (hex) of the graph: runs with the same one compute the same. */
  readonly sha256: string;
};

/**
 * The graph of a step from the cache, or recorded now in a process of its own: seconds to minutes, once for each
 * recipe but its fed numbers, version of the numerics and engine; `onRecording` is called before that. Of processes that come at the
 * same time one records.
 * Throws TrainingError graph_not_recorded (retryable: mostly the memory of a busy machine).
 */
export async function provideStepGraph(
  cacheFolder: string,
  of: StepRecipe | FrozenRecipe,
  numerics: string,
  onRecording: () => void | Promise<void> = () => undefined,
): Promise<StepGraph> {
  const recipe = 'frozen' in of ? of : graphRecipe(of);
  const graphs = path.join(cacheFolder, 'graphs');
  const folder = path.join(graphs, keyOf(recipe, numerics));
  await mkdir(graphs, { recursive: true });
  const graph = await madeOnce<StepGraph>({
    lock: () => takeWorkLock(`${folder}.lock`),
    find: async () => (existsSync(path.join(folder, GRAPH_FILE)) ? readStepGraph(folder) : null),
    make: async (show) => {
      await onRecording();
      await recordInto(folder, recipe, show);
      return readStepGraph(folder);
    },
    onWait: async () => {
      await setTimeout(WAIT_MS);
      return true;
    },
  });
  if (graph === null) throw new Error('nobody stops the recording of a step');
  return graph;
}

/** Records under a name of its own and gives the graph its place when it is whole. */
async function recordInto(folder: string, recipe: StepRecipe | FrozenRecipe, show: () => void): Promise<void> {
  const temporary = await mkdtemp(path.join(path.dirname(folder), '.recording-'));
  const showing = setInterval(show, SHOW_MS);
  try {
    await recordInProcess(recipe, temporary);
    await rename(temporary, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    clearInterval(showing);
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The recorded step in a folder, as another process put it there. */
export async function readStepGraph(folder: string): Promise<StepGraph> {
  const content = await readFile(path.join(folder, GRAPH_FILE));
  return { folder, content, sha256: createHash('sha256').update(content).digest('hex') };
}

async function recordInProcess(recipe: StepRecipe | FrozenRecipe, folder: string): Promise<void> {
  const recipeFile = path.join(folder, 'recipe.json');
  await writeFile(recipeFile, JSON.stringify(recipe, null, 2));
  const script = require.resolve('@spherelab/training/record-step-process');
  // The graph is the same for every device; recorded on the processor it needs no graphics memory.
  const env = { ...process.env, CUDA_VISIBLE_DEVICES: '' };
  await run(process.execPath, [script, recipeFile, folder], { env }).catch((cause: Error & { stderr?: string }) => {
    const said = cause.stderr?.split('\n').find((line) => line.includes('Error')) ?? cause.message;
    throw new TrainingError('graph_not_recorded', `the training step could not be recorded: ${said}`, {
      retryable: true,
      cause,
    });
  });
}

function keyOf(recipe: StepRecipe | FrozenRecipe, numerics: string): string {
  const engine = { tensorflow: nativeBackend().binding.TF_Version, tfjs: tf.version.tfjs };
  return createHash('sha256').update(JSON.stringify({ recipe, numerics, engine })).digest('hex').slice(0, 32);
}
