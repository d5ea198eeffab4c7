import { mkdir } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type CheckpointFacts,
  type Continuation,
  countUpdates,
  divisionOf,
  type Environment,
  type ExperimentConfig,
  mayAdopt,
  mayResume,
  type RunFacts,
} from '@spherelab/config';
import { type Dataset, encodeManifest } from '@spherelab/datasets';
import { initialState, type Network, type NetworkOptions } from '@spherelab/models';
import { type CheckpointMetadata, type LoadedCheckpoint, readCheckpoint } from './checkpoint.ts';
import { openCompiledStep } from './compiled-step.ts';
import { dataChangedError, weightsChangedError } from './data-changed.ts';
import { readEnvironment } from './environment.ts';
import { type EventReporter, eventReporter } from './event-reporter.ts';
import { type FrozenStagesOf, frozenInputs } from './frozen-features.ts';
import { frozenRecipeOf } from './frozen-graph.ts';
import { keptParts } from './kept-parts.ts';
import { type KeptResults, openKeptResults } from './kept-results.ts';
import { type LogWindow, logWindow } from './log-window.ts';
import { pretrainedState, weightsFileSha256 } from './pretrained-state.ts';
import { provideStepGraph, readStepGraph, type StepGraph } from './provide-step-graph.ts';
import { runFacts } from './run-facts.ts';
import { pictureInputs, type RunInputs } from './run-inputs.ts';
import { initialProgress, type RunProgress, type Schedule } from './run-progress.ts';
import { stepOptionsOf, stepRecipeOf, variablesOf } from './step-recipe.ts';
import type { StepVariable } from './step-variables.ts';
import { StoppedEarly } from './stopped-early.ts';
import { openThumbnailCache, type ThumbnailCache } from './thumbnail-cache.ts';
import type { TrainOptions } from './train-options.ts';
import type { TrainStep } from './train-step.ts';
import { TrainingError } from './training-error.ts';
import type { EvaluationSummary } from './training-events.ts';

/** Everything that a run holds while it goes on. */
export type TrainingRun = {
  readonly config: ExperimentConfig;
  readonly dataset: Dataset;
  readonly network: Network;
  readonly trainStep: TrainStep;
  readonly inputs: RunInputs;
  readonly schedule: Schedule;
  readonly model: NetworkOptions;
  readonly facts: CheckpointFacts;
  readonly reporter: EventReporter;
  readonly window: LogWindow;
  readonly workFolder: string;
  readonly thumbnails: ThumbnailCache;
  readonly results: KeptResults;
  /** Of a checkpoint, about. */
  readonly stateBytes: number;
  progress: RunProgress;
  /** Whether this attempt began with a checkpoint of another run. */
  readonly isAdopted: boolean;
  /** Updates done at the newest checkpoint of its own from which this run could go on; null before the first. */
  savedAt: number | null;
  /** Updates after which other runs branch off. */
  readonly branchAt: ReadonlySet<number>;
  /** Ends the threads and frees the tensors. */
  readonly close: () => Promise<void>;
};

/** Labels of the training images run from 0 to below this; where a list leaves some out, their proxies attract nothing. */
function countLabels({ train }: Dataset): number {
  return train.reduce((count, { label }) => Math.max(count, label + 1), 0);
}

function countRunUpdates(config: ExperimentConfig, dataset: Dataset): number {
  const batchesPerEpoch = Math.floor(dataset.train.length / config.batch_size);
  if (batchesPerEpoch === 0) {
    const images = dataset.train.length;
    throw new TrainingError(
      'invalid_batch',
      `batch_size ${config.batch_size} is more than the ${images} training images`,
    );
  }
  return countUpdates({ steps: config.steps, batchesPerEpoch });
}

/** Whether all that was measured up to a checkpoint's update is what this run would have measured. */
function judge({ facts, progress }: CheckpointMetadata, now: RunFacts, isAdopted: boolean): Continuation {
  if (!isAdopted) return mayResume(facts, now);
  const { updates, evaluatedAt, last, untrained } = progress;
  const measured = (summary: EvaluationSummary | null) =>
    Object.keys(summary?.metrics ?? {})
      .sort()
      .join();
  const isEnd = updates > 1 && evaluatedAt === updates - 1;
  return mayAdopt({ facts, updates, isEnd, measuredMore: measured(last) !== measured(untrained) }, now);
}

/** The checkpoint that a run goes on from, compared once more with what this process is about to compute. */
async function resumedState(
  file: string,
  isAdopted: boolean,
  now: RunFacts,
  graph: StepGraph,
  emit: TrainOptions['emit'],
): Promise<LoadedCheckpoint> {
  const checkpoint = await readCheckpoint(file);
  const { facts } = checkpoint.metadata;
  const verdict = judge(checkpoint.metadata, now, isAdopted);
  if (verdict.verdict !== 'yes') {
    throw new TrainingError(
      'checkpoint_mismatch',
      `the checkpoint is of another run: ${verdict.differences.join('; ')}`,
    );
  }
  if (facts.graph_sha256 !== graph.sha256) {
    const reason = `it was made with the recorded step ${facts.graph_sha256}, this is ${graph.sha256}`;
    throw new TrainingError('checkpoint_mismatch', `the checkpoint is of another run: ${reason}`);
  }
  if (facts.numerics !== now.numerics) {
    const versions = `version ${facts.numerics.slice(0, 12)} of the numerics; this release has ${now.numerics.slice(0, 12)}`;
    await emit({
      type: 'log',
      level: 'info',
      message: `resumes with the training step that it began with: ${versions}`,
    });
  }
  for (const note of verdict.notes) {
    const message = `resumed in another environment, so the numbers may differ: ${note}`;
    await emit({ type: 'log', level: 'warn', message });
  }
  return checkpoint;
}

type InputsOf = Pick<FrozenStagesOf, 'environment' | 'onProgress'> & {
  readonly frozen: Pick<FrozenStagesOf, 'recipe' | 'graph'> | null;
  readonly weights: () => FrozenStagesOf['weights'];
};

/** Pictures, or what the frozen stages make of them, which may take minutes the first time. Throws StoppedEarly. */
async function openInputs(
  { config, cacheFolder, emit, stop }: TrainOptions,
  dataset: Dataset,
  range: { readonly firstStep: number; readonly endStep: number },
  { frozen, weights, environment, onProgress }: InputsOf,
): Promise<RunInputs> {
  const { batch_size: batchSize, instances, seed } = config;
  const batches = { batchSize, instances, seed, ...range };
  if (frozen === null) return pictureInputs(dataset, batches);
  const message = `the first ${config.freeze_stages} stages are frozen: their output is computed once for each image, without augmentation`;
  await emit({ type: 'log', level: 'info', message });
  return frozenInputs(dataset, batches, {
    ...frozen,
    weights: weights(),
    environment,
    cacheFolder,
    onProgress: async () => {
      const reason = stop();
      if (reason !== null) throw new StoppedEarly(reason);
      await onProgress();
      await nextTurn();
    },
  });
}

/** Opens the data set and the network and restores a checkpoint if there is one. Throws TrainingError, DatasetError. */
export async function openRun(options: TrainOptions): Promise<TrainingRun> {
  const { config, workFolder, emit } = options;
  await mkdir(workFolder, { recursive: true });
  const weightsSha256 = config.weights === 'random' ? 'random' : weightsFileSha256(options.dataRoot, config.weights);
  const machine = readEnvironment(options.hostEnvironment);
  const kept = options.kept ?? keptParts();
  const dataset = await kept.openDataset({
    dataRoot: options.dataRoot,
    name: config.dataset,
    imageSize: config.image_size,
    division: divisionOf(config),
    cacheFolder: options.cacheFolder,
    ...(options.cacheBytes === undefined ? {} : { cacheBytes: options.cacheBytes }),
  });
  let trainStep: TrainStep | null = null;
  let inputs: RunInputs | null = null;
  const close = async (): Promise<void> => {
    trainStep?.dispose();
    await inputs?.close();
    await dataset.close();
    if (options.kept === undefined) await kept.close();
  };
  const recording = (what: string) => () =>
    emit({ type: 'log', level: 'info', message: `recording ${what}, once for this configuration` });
  try {
    const recipe = stepRecipeOf(config, countLabels(dataset));
    const stepOptions = stepOptionsOf(recipe);
    const { network } = stepOptions;
    const variables = variablesOf(stepOptions);
    const frozenRecipe = frozenRecipeOf(recipe.model);
    const frozenGraph =
      frozenRecipe === null
        ? null
        : await provideStepGraph(
            options.cacheFolder,
            frozenRecipe,
            options.numerics.version,
            recording('the frozen stages'),
          );
    const totalUpdates = countRunUpdates(config, dataset);
    const now = runFacts({
      config,
      numerics: options.numerics,
      dataset: dataset.name,
      dataSha256: dataset.facts.dataSha256,
      weightsSha256,
      variables,
      frozenSha256: frozenGraph?.sha256 ?? null,
      environment: machine,
      totalUpdates,
    });
    const start = await options.chooseStart(now);
    if (start.type === 'refuse') throw await dataChangedError(start, dataset.manifest);
    const graph =
      start.graphFolder === null
        ? await provideStepGraph(options.cacheFolder, recipe, now.numerics, recording('the training step'))
        : await readStepGraph(start.graphFolder);
    const resumed =
      start.resumeFrom === null
        ? null
        : await resumedState(start.resumeFrom, start.isAdopted === true, now, graph, emit);
    const stateBytes = bytesOf(variables);
    trainStep = openCompiledStep(kept.openSession(graph, stateBytes), stepOptions, recipe.signature);
    if (resumed === null) {
      const pretrained =
        config.weights === 'random' ? null : pretrainedState(options.dataRoot, config.weights, network);
      if (pretrained !== null) {
        if (pretrained.sha256 !== weightsSha256) throw weightsChangedError(config.weights);
        await emit({ type: 'log', level: 'info', message: pretrained.message });
      }
      const weights = new Map([...initialState(network, config.seed), ...(pretrained?.state ?? [])]);
      trainStep.writeState(withFreshOptimizer(trainStep, weights));
      await emit({ type: 'artifact', kind: 'graph', content: graph.content });
      await emit({ type: 'artifact', kind: 'manifest', content: encodeManifest(dataset.manifest) });
    } else trainStep.writeState(resumed.state);
    // A run that began with an earlier version of the code goes on with that version's step, and stays a run of it.
    const facts: CheckpointFacts = {
      ...now,
      numerics: resumed?.metadata.facts.numerics ?? now.numerics,
      graph_sha256: graph.sha256,
    };
    const progress = resumed?.metadata.progress ?? initialProgress;
    const reporter = eventReporter(emit, totalUpdates);
    const resumedFromStep = resumed === null ? null : progress.updates;
    await emit({
      type: 'started',
      totalUpdates,
      resumedFromStep,
      environment: environmentOf(facts, dataset.facts.dataListSha256),
    });
    await reporter.flush(progress.updates, 'preparing');
    inputs = await openInputs(
      options,
      dataset,
      { firstStep: progress.updates, endStep: totalUpdates },
      {
        frozen: frozenRecipe === null || frozenGraph === null ? null : { recipe: frozenRecipe, graph: frozenGraph },
        weights: () => (trainStep as TrainStep).readState(),
        environment: machine,
        onProgress: () => reporter.tick(progress.updates, 'preparing'),
      },
    );
    return {
      config,
      dataset,
      network,
      trainStep,
      inputs,
      schedule: { evalEvery: config.eval_every, checkpointEvery: config.checkpoint_every, totalUpdates },
      model: recipe.model,
      facts,
      reporter,
      window: logWindow(config.log_every, config.batch_size),
      workFolder,
      thumbnails: openThumbnailCache(options.cacheFolder),
      results: openKeptResults(options.cacheFolder),
      stateBytes,
      progress,
      isAdopted: start.isAdopted === true,
      savedAt: start.isAdopted === true ? null : resumedFromStep,
      branchAt: new Set(options.branchAt),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of their values, float32. */
function bytesOf(variables: readonly StepVariable[]): number {
  return variables.reduce((sum, { shape }) => sum + shape.reduce((bytes, size) => bytes * size, 4), 0);
}

/** What the row of an experiment tells of what its numbers depend on. */
function environmentOf(facts: CheckpointFacts, dataListSha256: string): Environment {
  return {
    ...facts.environment,
    numerics: facts.numerics,
    graph_sha256: facts.graph_sha256,
    data_sha256: facts.data_sha256,
    data_list_sha256: dataListSha256,
    weights_file_sha256: facts.weights_sha256,
  };
}

/** The state of a step before its first update, with these weights: optimizer moments and counters stay as created. */
function withFreshOptimizer(
  trainStep: TrainStep,
  weights: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  return new Map([...trainStep.readState()].map(([key, values]) => [key, weights.get(key) ?? values]));
}
