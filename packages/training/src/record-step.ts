import { batchLayout, type LayoutTensors, layoutTensors } from '@spherelab/losses';
import { createGraphBuilder, type GraphBuilder, type NodeName, tf, traceOps } from '@spherelab/tensorflow';
import { optimizerOf } from './optimizers/optimizer-of.ts';
import { decayOf, type LearningRates, rateOf } from './parameter-groups.ts';
import { stepGraph } from './step-graph.ts';
import { stepPass } from './step-pass.ts';
import { recordNormMeanKey, stepVariables, trainedSpecs } from './step-variables.ts';
import { stepScalarNames, type TrainStepOptions } from './train-step.ts';

type Tensor = InstanceType<typeof tf.Tensor>;

/** What every batch of a recorded step looks like, beside the network. */
export type InputSignature = {
  /** Rows of every batch, in training and in evaluation. */
  readonly batchSize: number;
  readonly inputType: 'uint8' | 'float32';
};

/** Labels of a class-balanced batch; whatever the classes are, the layout has the same shapes. */
function anyLabels(batchSize: number, instances: number): Int32Array {
  return Int32Array.from({ length: batchSize }, (_, row) => Math.floor(row / instances));
}

/**
 * Records the training step as one TensorFlow graph with four entry points over shared variables, by running it once
 * on zeros; gives the bytes of a `saved_model.pb`. Takes the memory of an eager step. Equal options give equal bytes, and options
 * that differ only in what is fed (graphRecipe) too.
 */
export function recordStep(options: TrainStepOptions, signature: InputSignature): Uint8Array {
  const graph = createGraphBuilder();
  const variables = stepVariables(options.network, options.freezeBn, optimizerOf(options.optimizer));
  for (const { key, shape } of variables) graph.variable(key, shape);
  tf.tidy(() => {
    recordUpdate(graph, options, signature);
    recordEmbedding(graph, options, signature);
  });
  const assignments = variables.map(({ key, shape }, index) => {
    const value = graph.placeholder(stepGraph.restore(index), 'float32', shape);
    graph.output(stepGraph.value(index), graph.read(key));
    return graph.assign(key, value);
  });
  graph.output(stepGraph.restored, graph.scalar(1), assignments);
  return graph.encode();
}

/** Zeros in the variables' shapes that stand for their values while a pass is traced. */
function standIns(graph: GraphBuilder, options: TrainStepOptions) {
  const state = new Map(options.network.specs.map(({ name, shape }) => [name, tf.zeros([...shape]) as Tensor]));
  const nodes = new Map<Tensor, NodeName>([...state].map(([name, tensor]) => [tensor, graph.read(name)]));
  return { state, nodes };
}

/** The input as float32, from the placeholder `name`; its stand-in enters `nodes`. */
function inputStandIn(
  graph: GraphBuilder,
  nodes: Map<Tensor, NodeName>,
  name: string,
  { network }: TrainStepOptions,
  { batchSize, inputType }: InputSignature,
): Tensor {
  const shape = [batchSize, ...network.inputShape];
  const placeholder = graph.placeholder(name, inputType, shape);
  const input = tf.zeros(shape);
  nodes.set(input, inputType === 'float32' ? placeholder : graph.toFloat(placeholder, inputType));
  return input;
}

function recordUpdate(graph: GraphBuilder, options: TrainStepOptions, signature: InputSignature): void {
  const { state, nodes } = standIns(graph, options);
  const input = inputStandIn(graph, nodes, stepGraph.input, options, signature);
  const layout = layoutTensors(
    batchLayout(anyLabels(signature.batchSize, options.instances), options.loss.name, options.instances),
  );
  for (const [part, tensor] of Object.entries(layout) as [keyof LayoutTensors, Tensor][]) {
    nodes.set(tensor, graph.placeholder(stepGraph.layout(part), 'int32', tensor.shape));
  }
  const momentum = tf.scalar(1);
  const recordNormMean = tf.scalar(0);
  nodes.set(momentum, graph.placeholder(stepGraph.momentum, 'float32', []));
  nodes.set(recordNormMean, graph.read(recordNormMeanKey));
  const weight = (value: number, name: string): Tensor | null => {
    if (value === 0) return null;
    const standIn = tf.scalar(1);
    nodes.set(standIn, graph.placeholder(name, 'float32', []));
    return standIn;
  };
  const secWeight = weight(options.secWei, stepGraph.secWeight);
  const l2regWeight = weight(options.l2regWei, stepGraph.l2regWeight);
  const weightDecay = weight(options.weightDecay, stepGraph.weightDecay);

  const trained = trainedSpecs(options.network, options.freezeBn);
  const { result, nodeOf } = traceOps(graph, nodes, () => {
    const feeds = { input, layout, momentum, recordNormMean, secWeight, l2regWeight };
    const pass = stepPass(options, trained, state, feeds);
    const decayed = trained.map(({ name, group }, index) => {
      const decay = decayOf(group, options.weightDecay) === 0 ? null : weightDecay;
      return withDecay(pass.gradients[index] as Tensor, state.get(name) as Tensor, decay);
    });
    return { pass, decayed, scalars: tf.stack(stepScalarNames.map((name) => tf.reshape(pass.objective[name], []))) };
  });

  const optimizer = optimizerOf(options.optimizer);
  const scalar = (name: string): NodeName => graph.placeholder(name, 'float32', []);
  const rates = new Map<keyof LearningRates, NodeName>();
  for (const { group } of trained) {
    const rate = rateOf(group);
    if (!rates.has(rate)) rates.set(rate, scalar(stepGraph[rate]));
  }
  const fed = new Map(optimizer.feeds.map((name) => [name, scalar(stepGraph.optimizer(name))]));
  const updates = trained.map(({ name, group }, index) =>
    optimizer.apply(graph, {
      parameter: name,
      moments: optimizer.momentKeys(name),
      lr: rates.get(rateOf(group)) as NodeName,
      gradient: nodeOf(result.decayed[index] as Tensor),
      fed: (feed) => fed.get(feed) as NodeName,
    }),
  );
  const statistics = [...result.pass.runningStatistics].map(([name, value]) => graph.assign(name, nodeOf(value)));
  const norm = graph.assign(recordNormMeanKey, nodeOf(result.pass.objective.record_norm_mean));
  graph.output(stepGraph.scalars, nodeOf(result.scalars), [...updates, ...statistics, norm]);
}

/** The decay of torch's Adam and SGD is coupled: added to the gradient. */
function withDecay(gradient: Tensor, parameter: Tensor, decay: Tensor | null): Tensor {
  return decay === null ? gradient : tf.add(gradient, tf.mul(parameter, decay));
}

function recordEmbedding(graph: GraphBuilder, options: TrainStepOptions, signature: InputSignature): void {
  const { state, nodes } = standIns(graph, options);
  const input = inputStandIn(graph, nodes, stepGraph.embedInput, options, signature);
  const { result, nodeOf } = traceOps(graph, nodes, () => options.network.forward(state, input, false));
  graph.output(stepGraph.embeddings, nodeOf(result.embeddings));
  graph.output(stepGraph.pooled, nodeOf(result.pooled));
}
