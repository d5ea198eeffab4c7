import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LossName, lossRecord } from '@spherelab/catalogue';
import { type ExperimentConfig, resolveExperiment, timingMetrics } from '@spherelab/config';
import { readNumerics } from '@spherelab/numerics';
import type { TrainOptions, TrainOutcome } from '../src/train-options.ts';
import type { TrainingEvent } from '../src/training-events.ts';
import { trainExperiment } from '../src/training-loop.ts';

/** A run of seconds: small pictures, eight classes a batch, the held-out training classes of `shapes`. */
export function smallConfig(loss: LossName, overrides: Record<string, unknown> = {}): ExperimentConfig {
  const settings = {
    dataset: 'shapes',
    loss,
    protocol: 'validation',
    instances: lossRecord(loss).instances.value,
    batch_size: lossRecord(loss).instances.value * 8,
    image_size: 24,
    embedding_dim: 16,
    sec_wei: 0.5,
    norm_momentum: 0.3,
    lr: 1e-3,
    lr_p: 1e-3,
    milestones: [4],
    steps: 7,
    eval_every: 3,
    log_every: 2,
    checkpoint_every: 3,
    seed: 5,
    ...overrides,
  };
  return resolveExperiment(settings, null).config;
}

export type ObservedRun = { readonly outcome: TrainOutcome; readonly events: readonly TrainingEvent[] };

export type Overrides = Partial<TrainOptions> & {
  /** path of a checkpoint file */
  readonly resumeFrom?: string | null;
};

/** Runs an experiment and collects its events; no checkpoint is due by time. `folder` holds its files. */
export async function observeRun(
  config: ExperimentConfig,
  folder: string,
  { resumeFrom = null, ...overrides }: Overrides = {},
): Promise<ObservedRun> {
  const events: TrainingEvent[] = [];
  const outcome = await trainExperiment({
    config,
    dataRoot: folder,
    cacheFolder: folder,
    workFolder: path.join(folder, 'work'),
    numerics: readNumerics(),
    chooseStart: async () => ({ type: 'begin', resumeFrom, graphFolder: null }),
    stop: () => null,
    nowMs: () => 0,
    ...overrides,
    emit: async (event) => {
      events.push(event);
      await overrides.emit?.(event);
    },
  });
  return { outcome, events };
}

/** Every metric point as `name@step` to its value, but for those that the clock decides. Repeated points must agree. */
export function pointsOf(events: readonly TrainingEvent[]): Map<string, number> {
  const points = new Map<string, number>();
  for (const event of events) {
    if (event.type !== 'metrics') continue;
    for (const { name, step, value } of event.points) {
      if (timingMetrics.has(name)) continue;
      const key = `${name}@${step}`;
      if (points.has(key) && points.get(key) !== value) throw new Error(`${key} came with two values`);
      points.set(key, value);
    }
  }
  return points;
}

export type CheckpointEvent = Extract<TrainingEvent, { type: 'checkpoint' }>;

export function checkpointsOf(events: readonly TrainingEvent[]): CheckpointEvent[] {
  return events.filter((event) => event.type === 'checkpoint');
}

/** A temporary folder that is removed when `use` is done. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spherelab-run-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
