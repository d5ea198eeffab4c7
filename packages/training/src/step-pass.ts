import { embeddingObjective, type LayoutTensors, type Objective } from '@spherelab/losses';
import { proxiesKey, type StateMap, type Tensor2D, type TensorSpec } from '@spherelab/models';
import { tf } from '@spherelab/tensorflow';
import type { TrainStepOptions } from './train-step.ts';

type Tensor = InstanceType<typeof tf.Tensor>;

/** What enters a pass beside the network's state. */
export type PassFeeds = {
  readonly input: Tensor;
  readonly layout: LayoutTensors;
  /** Scalars: the running mean norm before this step, and how far it moves (1 at step 0). */
  readonly recordNormMean: Tensor;
  readonly momentum: Tensor;
  /** Scalars: the regularizers' weights at this step; null: the term is absent. */
  readonly secWeight: Tensor | null;
  readonly l2regWeight: Tensor | null;
};

export type StepPass = {
  readonly objective: Objective;
  /** In the order of the trained parameters. */
  readonly gradients: readonly Tensor[];
  readonly runningStatistics: StateMap;
};

/**
 * The objective of a batch and its gradient with respect to the trained parameters. Pure, with static shapes and
 * nothing read back: it runs eagerly, and it can be traced. Call inside a tidy.
 */
export function stepPass(
  options: TrainStepOptions,
  trained: readonly TensorSpec[],
  state: StateMap,
  feeds: PassFeeds,
): StepPass {
  let outputs: Pick<StepPass, 'objective' | 'runningStatistics'> | null = null;
  const total = (...parameters: Tensor[]) => {
    const own = trained.map((spec, index) => [spec.name, parameters[index] as Tensor] as const);
    const present: StateMap = new Map([...state, ...own]);
    const { embeddings, runningStatistics } = options.network.forward(present, feeds.input, true);
    const proxies = (present.get(proxiesKey) ?? null) as Tensor2D | null;
    const objective = embeddingObjective(embeddings, feeds.layout, options.loss, feeds, proxies);
    // Kept beyond the gradient's own scope, and handed to the caller's by the copies below.
    for (const tensor of [...Object.values(objective), ...runningStatistics.values()]) tf.keep(tensor);
    outputs = { objective, runningStatistics };
    return objective.loss_total;
  };
  const values = trained.map((spec) => state.get(spec.name) as Tensor);
  const { grads } = tf.valueAndGrads(total)(values);
  const { objective, runningStatistics } = outputs as unknown as Pick<StepPass, 'objective' | 'runningStatistics'>;
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
