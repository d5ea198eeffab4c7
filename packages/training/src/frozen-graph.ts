import type { NetworkOptions } from '@spherelab/models';
import { splitNetwork } from '@spherelab/models';
import { createGraphBuilder, openGraphSession, tf, traceOps } from '@spherelab/tensorflow';

/** The stages of a network that are never trained, as plain JSON: what crosses to the process that records them. */
export type FrozenRecipe = { readonly frozen: NetworkOptions; readonly batchSize: number };

/** Pictures a batch: the same for all runs, so that they share what the stages made of a picture. */
const FROZEN_BATCH = 32;

const names = {
  input: 'pixels',
  output: 'features',
  restored: 'restored',
  restore: (index: number) => `restore_${index}`,
};

/** The recipe of a network's frozen stages without what only its head knows; null where every stage is trained. */
export function frozenRecipeOf({ backbone, imageSize, freezeStages = 0 }: NetworkOptions): FrozenRecipe | null {
  if (freezeStages === 0) return null;
  const head = { embeddingDim: 2, needBn: false, freezeBn: true };
  return { frozen: { backbone, imageSize, freezeStages, ...head }, batchSize: FROZEN_BATCH };
}

function stagesOf({ frozen: options }: FrozenRecipe) {
  const { frozen } = splitNetwork(options);
  if (frozen === null) throw new Error('the recipe freezes no stage');
  return frozen;
}

/** Records the stages as a graph: bytes of a `saved_model.pb`. Equal recipes give equal bytes. */
export function recordFrozenStages(recipe: FrozenRecipe): Uint8Array {
  const { inputShape, specs, forward } = stagesOf(recipe);
  const graph = createGraphBuilder();
  for (const { name, shape } of specs) graph.variable(name, shape);
  tf.tidy(() => {
    const state = new Map(specs.map(({ name, shape }) => [name, tf.zeros([...shape])]));
    const nodes = new Map([...state].map(([name, tensor]) => [tensor, graph.read(name)]));
    const shape = [recipe.batchSize, ...inputShape];
    const pixels = tf.zeros(shape);
    nodes.set(pixels, graph.toFloat(graph.placeholder(names.input, 'uint8', shape), 'uint8'));
    const { result, nodeOf } = traceOps(graph, nodes, () => forward(state, pixels));
    graph.output(names.output, nodeOf(result));
  });
  const assignments = specs.map(({ name, shape }, index) =>
    graph.assign(name, graph.placeholder(names.restore(index), 'float32', shape)),
  );
  graph.output(names.restored, graph.scalar(1), assignments);
  return graph.encode();
}

export type FrozenStagesSession = {
  /** Float32 values of one picture's output. */
  readonly width: number;
  /** RGB bytes of one batch -> [batch, width] */
  readonly run: (pixels: Uint8Array) => Float32Array;
  readonly close: () => void;
};

/** Loads recorded stages with their weights. */
export function openFrozenStages(
  folder: string,
  recipe: FrozenRecipe,
  weights: ReadonlyMap<string, Float32Array>,
): FrozenStagesSession {
  const { inputShape, outputShape, specs } = stagesOf(recipe);
  const session = openGraphSession(folder);
  const feeds = specs.map(({ name, shape }, index) => {
    const values = weights.get(name);
    if (values === undefined) throw new Error(`the weights lack ${name}`);
    return [names.restore(index), { values, shape }] as const;
  });
  session.run(Object.fromEntries(feeds), [names.restored]);
  const shape = [recipe.batchSize, ...inputShape];
  return {
    width: outputShape.reduce((product, size) => product * size, 1),
    run: (pixels) => session.run({ [names.input]: { values: pixels, shape } }, [names.output])[0] as Float32Array,
    close: () => session.close(),
  };
}

/** Names of the tensors that the stages are computed with, in their order. */
export function frozenTensorNames(recipe: FrozenRecipe): string[] {
  return stagesOf(recipe).specs.map(({ name }) => name);
}
