import { tf } from '@spherelab/tensorflow';
import { batchNormSpecs, frozenBatchNorm, trainingBatchNorm } from './batch-norm.ts';
import { convolution } from './convolution.ts';
import { embeddingHead, embeddingHeadSpecs } from './embedding-head.ts';
import {
  convolutionsOf,
  type InceptionBlock,
  type InceptionConvolution,
  inceptionBlocks,
  inceptionOutputs,
  inceptionStem,
} from './inception-block.ts';
import type { Network, StateMap, Tensor, Tensor4D, TensorSpec } from './network.ts';
import { averagePool, maxPool } from './pooling.ts';
import { stateTensor } from './state-tensor.ts';

/** Subtracted from blue, green and red; nothing is divided (golden/quirks.md, "Pictures"). */
const MEAN_BGR = [104, 117, 123];

export type BnInceptionOptions = {
  /** Height and width of the input in pixels. */
  readonly imageSize: number;
  readonly embeddingDim: number;
  readonly needBn: boolean;
  /** Whether the backbone's batch norms stay on their running statistics in training. */
  readonly freezeBn: boolean;
};

/** Sees activations by name: what the golden tests compare. */
export type Observer = (name: string, activation: Tensor) => void;

type Pass = {
  readonly state: StateMap;
  /** Whether backbone batch norms use the batch's statistics. */
  readonly onBatch: boolean;
  readonly changed: Map<string, Tensor>;
  readonly observe: Observer;
};

function convolutionSpecs({ name, inputs, outputs, size }: InceptionConvolution): TensorSpec[] {
  // torch's default for Conv2d, weight and bias alike: what a key missing in a weight file starts from.
  const init = { uniform: 1 / Math.sqrt(size * size * inputs) };
  return [
    { name: `${name}.weight`, shape: [size, size, inputs, outputs], role: 'parameter', group: 'backbone', init },
    { name: `${name}.bias`, shape: [outputs], role: 'parameter', group: 'backbone', init },
    ...batchNormSpecs(`${name}_bn`, outputs, 'backbone-bn'),
  ];
}

type Folded = { readonly filter: Tensor; readonly bias: Tensor };

/** The convolution and its frozen batch norm as one convolution, exactly: w scale, b scale + shift. */
function folded(state: StateMap, name: string): Folded {
  const { scale, shift } = frozenBatchNorm(state, `${name}_bn`);
  return {
    filter: tf.mul(stateTensor(state, `${name}.weight`), scale),
    bias: tf.add(tf.mul(stateTensor(state, `${name}.bias`), scale), shift),
  };
}

/** Convolution, batch norm, ReLU. */
function layer(pass: Pass, { name, stride, padding }: InceptionConvolution, input: Tensor4D): Tensor4D {
  if (!pass.onBatch) {
    const { filter, bias } = folded(pass.state, name);
    return convolution(input, filter, bias, { stride, padding, relu: true });
  }
  const weight = stateTensor(pass.state, `${name}.weight`);
  const product = convolution(input, weight, stateTensor(pass.state, `${name}.bias`), { stride, padding, relu: false });
  const { output, runningStatistics } = trainingBatchNorm(pass.state, `${name}_bn`, product);
  for (const [key, value] of runningStatistics) pass.changed.set(key, value);
  return tf.relu(output) as Tensor4D;
}

/**
 * The 1x1 convolutions that open a block's branches as one, on frozen batch norms: the block's input, the widest of its
 * tensors, is read and differentiated once instead of three times. [batch, h, w, c] -> one output for each.
 */
function opened(pass: Pass, openings: readonly InceptionConvolution[], input: Tensor4D): Tensor4D[] {
  if (pass.onBatch) return openings.map((one) => layer(pass, one, input));
  const parts = openings.map(({ name }) => folded(pass.state, name));
  const filter = tf.concat(
    parts.map((part) => part.filter),
    3,
  );
  const bias = tf.concat(parts.map((part) => part.bias));
  const output = convolution(input, filter, bias, { stride: 1, padding: 0, relu: true });
  return tf.split(
    output,
    openings.map(({ outputs }) => outputs),
    3,
  );
}

/**
 * Average pooling and its projection. Both are linear, so on frozen batch norms the projection comes first and the
 * pooling has an eighth to a third of the channels; the bias stays behind, because the padding has none.
 */
function averageBranch(pass: Pass, projection: InceptionConvolution, input: Tensor4D): Tensor4D {
  if (pass.onBatch) return layer(pass, projection, averagePool(input));
  const { filter, bias } = folded(pass.state, projection.name);
  const none = tf.zeros([projection.outputs]);
  const projected = convolution(input, filter, none, { stride: 1, padding: 0, relu: false });
  return tf.relu(tf.add(averagePool(projected), bias)) as Tensor4D;
}

function pooledBranch(pass: Pass, { pool, stride, projection }: InceptionBlock, input: Tensor4D): Tensor4D {
  if (projection === null) return maxPool(input, stride);
  if (pool === 'average') return averageBranch(pass, projection, input);
  return layer(pass, projection, maxPool(input, stride));
}

function block(pass: Pass, table: InceptionBlock, input: Tensor4D): Tensor4D {
  const { one, three, doubleThree } = table;
  const openings = [...(one === null ? [] : [one]), three[0], doubleThree[0]];
  const branches = opened(pass, openings, input);
  const [reduced, doubleReduced] = branches.slice(-2) as [Tensor4D, Tensor4D];
  const output = tf.concat(
    [
      ...branches.slice(0, -2),
      layer(pass, three[1], reduced),
      layer(pass, doubleThree[2], layer(pass, doubleThree[1], doubleReduced)),
      pooledBranch(pass, table, input),
    ],
    3,
  );
  pass.observe(`${table.name}_output`, output);
  return output;
}

/** Pixels RGB 0..255, of any number type, as the reference feeds them: float32 B, G, R minus their means. */
function meanSubtracted(pixels: Tensor): Tensor4D {
  return tf.sub(tf.reverse(tf.cast(pixels, 'float32'), -1), tf.tensor1d(MEAN_BGR)) as Tensor4D;
}

/** The backbone on mean-subtracted pixels [batch, h, w, 3], channels B, G, R -> [batch, h', w', 1024]. */
export function bnInceptionFeatures(pass: Pass, pixels: Tensor4D): Tensor4D {
  const [first, reduce, second] = inceptionStem;
  const seen = (name: string, activation: Tensor4D): Tensor4D => {
    pass.observe(name, activation);
    return activation;
  };
  const pool1 = seen('pool1_3x3_s2', maxPool(layer(pass, first, pixels), 2));
  const reduced = seen('conv2_3x3_reduce', layer(pass, reduce, pool1));
  const pool2 = seen('pool2_3x3_s2', maxPool(layer(pass, second, reduced), 2));
  return inceptionBlocks.reduce((features, table) => block(pass, table, features), pool2);
}

/**
 * BN-Inception as the reference uses it: the backbone, then average pool, batch norm (if `needBn`) and a linear layer.
 * Input: RGB pixels 0..255 [batch, imageSize, imageSize, 3]. Every tensor has torch's state-dict key; convolution
 * weights are HWIO. Throws RangeError for a side whose branches do not fit together.
 */
export function bnInception(options: BnInceptionOptions): Network {
  const { imageSize, embeddingDim, needBn, freezeBn } = options;
  checkSide(imageSize);
  return {
    name: 'bn_inception',
    inputShape: [imageSize, imageSize, 3],
    specs: [
      ...[...inceptionStem, ...inceptionBlocks.flatMap(convolutionsOf)].flatMap(convolutionSpecs),
      ...embeddingHeadSpecs({ channels: inceptionOutputs, embeddingDim, needBn }),
    ],
    forward: (state, input, training) => {
      const changed = new Map<string, Tensor>();
      const pass = { state, onBatch: training && !freezeBn, changed, observe: () => undefined };
      const features = bnInceptionFeatures(pass, meanSubtracted(input));
      const { embeddings, runningStatistics } = embeddingHead(state, features, training, needBn);
      return { embeddings, runningStatistics: new Map([...changed, ...runningStatistics]) };
    },
  };
}

/** Strided convolutions round down where pools round up: only where both agree can a block concatenate. */
function checkSide(imageSize: number): void {
  let side = Math.ceil(imageSize / 2); // conv1
  const pooled = (size: number): number => Math.ceil((size - 3) / 2) + 1;
  side = pooled(pooled(side));
  for (let blocks = 0; blocks < 2; blocks += 1) {
    const convolved = Math.floor((side - 1) / 2) + 1;
    if (side < 2 || convolved !== pooled(side)) {
      throw new RangeError(`bn_inception cannot take image_size ${imageSize}; 227 and 224 fit, as do 32 and 64`);
    }
    side = convolved;
  }
}
