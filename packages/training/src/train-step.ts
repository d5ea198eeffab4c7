import {
  batchLayout,
  embeddingObjective,
  type LayoutTensors,
  type LossSettings,
  layoutTensors,
  type Objective,
} from '@spherelab/losses';
import type { Network, StateMap, TensorSpec } from '@spherelab/models';
import { tf } from '@spherelab/tensorflow';
import { adamRates, adamUpdate, type Tensor } from './adam.ts';
import { disposeStepState, emptyStepState, readStepState, type StepState, writeStepState } from './step-state.ts';

export type TrainStepOptions = {
  readonly network: Network;
  readonly loss: LossSettings;
  /** Rows of each class in a batch. */
  readonly instances: number;
  readonly secWei: number;
  readonly l2regWei: number;
  /** Momentum of the running mean norm; 1 is the mean of the batch alone. */
  readonly normMomentum: number;
  readonly weightDecay: number;
  /** Whether the backbone's batch norms (group `backbone-bn`) are left out of training. */
  readonly freezeBn: boolean;
};

/** Names of the step's scalars, in the order in which they are read back. */
export const stepScalarNames = [
  'loss_total',
  'loss_metric',
  'loss_sec',
  'loss_l2reg',
  'norm_mean',
  'norm_var',
  'record_norm_mean',
  'avg_ap',
  'avg_an',
] as const satisfies readonly (keyof Objective)[];

/** Scalars of the forward pass before the update, named as the metrics. */
export type StepScalars = Readonly<Record<(typeof stepScalarNames)[number], number>>;

export type StepBatch = {
  /** What the network takes, [batch, ...inputShape]. The caller disposes. */
  readonly input: Tensor;
  /** [batch] */
  readonly labels: Int32Array;
};

export type StepRates = {
  readonly step: number;
  /** Learning rate of the head. */
  readonly lr: number;
  /** Learning rate of the backbone. */
  readonly lrP: number;
};

export type TrainStep = {
  /** One update. Throws, before anything is changed, BatchCompositionError, or RangeError for a first step other than 0. */
  readonly run: (batch: StepBatch, at: StepRates) => StepScalars;
  /** Raw embeddings [batch, dim] in eval mode; the caller disposes. */
  readonly embed: (input: Tensor) => ReturnType<typeof tf.tensor2d>;
  readonly readState: () => Map<string, Float32Array>;
  /** Throws RangeError naming the key that does not fit. */
  readonly writeState: (state: ReadonlyMap<string, Float32Array>) => void;
  readonly dispose: () => void;
};

/**
 * The training step, run eagerly: forward, backward, Adam. Parameters start as zeros until `writeState` sets them.
 * What changes from step to step enters as feeds, and nothing but the final scalars is read back, so that the same
 * step can be traced into one graph.
 */
export function createTrainStep(options: TrainStepOptions): TrainStep {
  const { network, loss, instances, weightDecay } = options;
  const trained = trainedSpecs(network, options.freezeBn);
  const state = emptyStepState(network, trained);

  const run: TrainStep['run'] = ({ input, labels }, { step, lr, lrP }) => {
    // Quirk of the reference, kept: the record of the norms is set at step 0 and not at the first use.
    if (step !== 0 && state.updates === 0) {
      throw new RangeError(`step ${step} cannot be the first: training begins at step 0 or from a written state`);
    }
    const layout = layoutTensors(batchLayout(labels, loss.name, instances));
    const t = state.updates + 1;
    const scalars = tf.tidy(() => {
      const momentum = tf.scalar(step === 0 ? 1 : options.normMomentum);
      const pass = forwardBackward(options, trained, state, { input, layout, momentum });
      for (const [index, spec] of trained.entries()) {
        const rates = adamRates(spec.group.startsWith('backbone') ? lrP : lr, t);
        const decay = spec.group.endsWith('-bn') ? 0 : weightDecay;
        applyAdam(state, spec.name, pass.gradients[index] as Tensor, decay, rates);
      }
      for (const [name, value] of pass.runningStatistics) replace(state.tensors, name, value);
      state.recordNormMean.dispose();
      state.recordNormMean = tf.keep(tf.clone(pass.objective.record_norm_mean));
      return tf.stack(stepScalarNames.map((name) => tf.reshape(pass.objective[name], [])));
    });
    state.updates = t;
    const values = scalars.dataSync<'float32'>();
    tf.dispose([scalars, ...Object.values(layout)]);
    return Object.fromEntries(stepScalarNames.map((name, index) => [name, values[index]])) as StepScalars;
  };

  return {
    run,
    embed: (input) => tf.tidy(() => network.forward(state.tensors, input, false).embeddings),
    readState: () => readStepState(state),
    writeState: (values) => writeStepState(state, values),
    dispose: () => disposeStepState(state),
  };
}

/** Parameters that the optimizer sees, in checkpoint-key order. */
function trainedSpecs(network: Network, freezeBn: boolean): TensorSpec[] {
  return network.specs.filter(({ role, group }) => role === 'parameter' && !(freezeBn && group === 'backbone-bn'));
}

type Feeds = { readonly input: Tensor; readonly layout: LayoutTensors; readonly momentum: Tensor };
type Pass = {
  readonly objective: Objective;
  readonly gradients: readonly Tensor[];
  readonly runningStatistics: StateMap;
};

/** The objective of a batch and its gradient with respect to the trained parameters. Call inside a tidy. */
function forwardBackward(
  options: TrainStepOptions,
  trained: readonly TensorSpec[],
  state: StepState,
  feeds: Feeds,
): Pass {
  let outputs: Pick<Pass, 'objective' | 'runningStatistics'> | null = null;
  const total = (...parameters: Tensor[]) => {
    const own = trained.map((spec, index) => [spec.name, parameters[index] as Tensor] as const);
    const { embeddings, runningStatistics } = options.network.forward(
      new Map([...state.tensors, ...own]),
      feeds.input,
      true,
    );
    const record = { recordNormMean: state.recordNormMean, momentum: feeds.momentum };
    const objective = embeddingObjective(embeddings, feeds.layout, options, record);
    // Kept beyond the gradient's own scope, and handed to the caller's by the copies below.
    for (const tensor of [...Object.values(objective), ...runningStatistics.values()]) tf.keep(tensor);
    outputs = { objective, runningStatistics };
    return objective.loss_total;
  };
  const values = trained.map((spec) => state.tensors.get(spec.name) as Tensor);
  const { grads } = tf.valueAndGrads(total)(values);
  const { objective, runningStatistics } = outputs as unknown as Pick<Pass, 'objective' | 'runningStatistics'>;
  return {
    gradients: grads,
    objective: release(objective),
    runningStatistics: new Map(Object.entries(release(Object.fromEntries(runningStatistics)))),
  };
}

/** Copies of kept tensors that belong to the current tidy; the originals are freed. */
function release<T extends Readonly<Record<string, Tensor>>>(kept: T): T {
  const copies = Object.fromEntries(Object.entries(kept).map(([name, tensor]) => [name, tf.clone(tensor)]));
  tf.dispose(Object.values(kept));
  return copies as T;
}

function applyAdam(
  state: StepState,
  name: string,
  gradient: Tensor,
  decay: number,
  rates: ReturnType<typeof adamRates>,
): void {
  const moments = state.moments.get(name);
  const parameter = state.tensors.get(name);
  if (moments === undefined || parameter === undefined) throw new Error(`"${name}" is not trained`);
  const next = adamUpdate(parameter, gradient, moments, decay, rates);
  replace(state.tensors, name, next.parameter);
  state.moments.set(name, { m: tf.keep(next.m), v: tf.keep(next.v) });
  tf.dispose([moments.m, moments.v]);
}

/** Puts a tensor made inside a tidy into the state, and frees the one before. */
function replace(tensors: Map<string, Tensor>, name: string, next: Tensor): void {
  tensors.get(name)?.dispose();
  tensors.set(name, tf.keep(next));
}
