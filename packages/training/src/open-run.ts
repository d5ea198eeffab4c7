import { mkdir } from 'node:fs/promises';
import { type ExperimentConfig, experimentIdentity, unknownProvenance } from '@spherelab/config';
import { type BatchStream, type Dataset, openBatchStream, openDataset } from '@spherelab/datasets';
import { initialState, type Network } from '@spherelab/models';
import { type CheckpointIdentity, checkCheckpointIdentity, readCheckpoint } from './checkpoint.ts';
import { openCompiledStep } from './compiled-step.ts';
import { environmentDifferences, readEnvironment } from './environment.ts';
import { type EventReporter, eventReporter } from './event-reporter.ts';
import { type LogWindow, logWindow } from './log-window.ts';
import { countUpdates } from './lr-schedule.ts';
import { pretrainedState } from './pretrained-state.ts';
import { provideStepGraph } from './provide-step-graph.ts';
import { initialProgress, type RunProgress, type Schedule } from './run-progress.ts';
import { stepOptionsOf, stepRecipeOf } from './step-recipe.ts';
import type { TrainStep } from './train-step.ts';
import { TrainingError } from './training-error.ts';
import type { Environment, TrainOptions } from './training-events.ts';

/** Everything that a run holds while it goes on. */
export type TrainingRun = {
  readonly config: ExperimentConfig;
  readonly dataset: Dataset;
  readonly network: Network;
  readonly trainStep: TrainStep;
  readonly batches: BatchStream;
  readonly schedule: Schedule;
  readonly identity: CheckpointIdentity;
  readonly environment: Environment;
  readonly reporter: EventReporter;
  readonly window: LogWindow;
  readonly workFolder: string;
  progress: RunProgress;
  /** Updates done at the newest checkpoint from which this run could go on; null before the first. */
  savedAt: number | null;
  /** Ends the threads and frees the tensors. */
  readonly close: () => Promise<void>;
};

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

async function startState(
  options: TrainOptions,
  identity: CheckpointIdentity,
  environment: Environment,
): Promise<{ state: ReadonlyMap<string, Float32Array> | null; progress: RunProgress }> {
  if (options.resumeFrom === null) return { state: null, progress: initialProgress };
  const checkpoint = await readCheckpoint(options.resumeFrom);
  const { config, prefixSteps = null } = options;
  const shorter =
    prefixSteps === null ? null : experimentIdentity({ ...config, steps: prefixSteps }, unknownProvenance);
  const isOfShorter = checkpoint.metadata.configSha256 === shorter;
  checkCheckpointIdentity(checkpoint, isOfShorter ? { ...identity, configSha256: shorter } : identity);
  for (const difference of environmentDifferences(checkpoint.metadata.environment, environment)) {
    const message = `resumed in another environment, so the numbers may differ: ${difference}`;
    await options.emit({ type: 'log', level: 'warn', message });
  }
  return { state: checkpoint.state, progress: checkpoint.metadata.progress };
}

/** Opens the data set and the network and restores a checkpoint if there is one. Throws TrainingError, DatasetError. */
export async function openRun(options: TrainOptions): Promise<TrainingRun> {
  const { config, workFolder, emit } = options;
  await mkdir(workFolder, { recursive: true });
  const recipe = stepRecipeOf(config);
  const stepOptions = stepOptionsOf(recipe);
  const { network } = stepOptions;
  const pretrained = config.weights === 'random' ? null : pretrainedState(options.dataRoot, config.weights, network);
  const weightsFileSha256 = pretrained?.sha256 ?? 'random';
  const environment = readEnvironment({ ...options.hostEnvironment, weights_file_sha256: weightsFileSha256 });
  const dataset = await openDataset({
    dataRoot: options.dataRoot,
    name: config.dataset,
    imageSize: config.image_size,
    protocol: config.protocol,
    cacheFolder: options.cacheFolder,
    ...(options.cacheBytes === undefined ? {} : { cacheBytes: options.cacheBytes }),
  });
  let trainStep: TrainStep | null = null;
  const close = async (): Promise<void> => {
    trainStep?.dispose();
    await dataset.close();
  };
  try {
    const { dataListSha256 } = dataset.facts;
    const totalUpdates = countRunUpdates(config, dataset);
    const graph = await provideStepGraph(options.cacheFolder, recipe, () =>
      emit({ type: 'log', level: 'info', message: 'recording the training step, once for this configuration' }),
    );
    const identity: CheckpointIdentity = {
      network: network.name,
      model: recipe.model,
      configSha256: experimentIdentity(config, unknownProvenance),
      dataListSha256,
      graphSha256: graph.sha256,
      weightsFileSha256,
    };
    const { state, progress } = await startState(options, identity, environment);
    trainStep = openCompiledStep(graph.folder, stepOptions, recipe.signature);
    const weights = new Map([...initialState(network, config.seed), ...(pretrained?.state ?? [])]);
    trainStep.writeState(state ?? withFreshOptimizer(trainStep, weights));
    const reporter = eventReporter(emit, totalUpdates);
    const resumedFromStep = options.resumeFrom === null ? null : progress.updates;
    await emit({ type: 'started', totalUpdates, resumedFromStep, environment, dataListSha256 });
    if (pretrained !== null) await emit({ type: 'log', level: 'info', message: pretrained.message });
    await reporter.flush(progress.updates, 'preparing');
    return {
      config,
      dataset,
      network,
      trainStep,
      batches: openBatchStream(dataset, {
        batchSize: config.batch_size,
        instances: config.instances,
        seed: config.seed,
        firstStep: progress.updates,
        endStep: totalUpdates,
      }),
      schedule: { evalEvery: config.eval_every, checkpointEvery: config.checkpoint_every, totalUpdates },
      identity,
      environment,
      reporter,
      window: logWindow(config.log_every, config.batch_size),
      workFolder,
      progress,
      savedAt: options.resumeFrom === null ? null : progress.updates,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The state of a step before its first update, with these weights: optimizer moments and counters stay as created. */
function withFreshOptimizer(
  trainStep: TrainStep,
  weights: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  return new Map([...trainStep.readState()].map(([key, values]) => [key, weights.get(key) ?? values]));
}
