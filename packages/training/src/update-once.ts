import { type ExperimentConfig, lrAt } from '@spherelab/config';
import { type StepBatch, stepScalarNames, type TrainStep } from './train-step.ts';
import { TrainingError } from './training-error.ts';
import type { MetricPoint } from './training-events.ts';

/** What the reference logs at every step, by metric name. */
const everyStep = stepScalarNames.filter((name) => name !== 'loss_total');

export type UpdateResult = { readonly lossTotal: number; readonly points: readonly MetricPoint[] };

/**
 * One update with the batch of its step, and the points that belong to that step.
 * Throws TrainingError non_finite_loss, which names the step.
 */
export function updateOnce(
  trainStep: TrainStep,
  batch: StepBatch & { readonly step: number },
  config: ExperimentConfig,
): UpdateResult {
  const { step, input, labels } = batch;
  const schedule = { gamma: config.lr_gamma, milestones: config.milestones };
  const lr = lrAt(step, { lr: config.lr, ...schedule });
  const lrP = lrAt(step, { lr: config.lr_p, ...schedule });
  const lrProxies = lrAt(step, { lr: config.lr_proxies ?? 0, ...schedule });
  const scalars = trainStep.run({ input, labels }, { step, lr, lrP, lrProxies });
  if (!Number.isFinite(scalars.loss_total)) {
    throw new TrainingError('non_finite_loss', `the loss is ${scalars.loss_total} at step ${step}`);
  }
  const points = everyStep
    .filter((name) => Number.isFinite(scalars[name]))
    .map((name): MetricPoint => ({ name, step, value: scalars[name] }));
  return { lossTotal: scalars.loss_total, points: [...points, { name: 'lr', step, value: lr }] };
}
