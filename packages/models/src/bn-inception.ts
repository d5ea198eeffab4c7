import { tf } from '@spherelab/tensorflow';
import { torchBatchNorm } from './batch-norm.ts';
import { convolution } from './convolution.ts';
import {
  type ConvolutionLayer,
  convolutionLayer,
  convolutionLayerSpecs,
  foldedConvolution,
  torchDefaultInit,
} from './convolution-layer.ts';
import {
  convolutionsOf,
  type InceptionBlock,
  type InceptionConvolution,
  inceptionBlocks,
  inceptionOutputs,
  inceptionStem,
} from './inception-block.ts';
import type { Tensor, Tensor4D, TensorSpec } from './network.ts';
import { averagePool, maxPool } from './pooling.ts';
import type { Backbone, Pass, Stage } from './stage.ts';

/** Subtracted from blue, green and red; nothing is divided (golden/quirks.md, "Pictures"). */
const MEAN_BGR = [104, 117, 123];

function layerOf(convolution: InceptionConvolution): ConvolutionLayer {
  const batchNorm = { name: `${convolution.name}_bn`, ...torchBatchNorm };
  return { ...convolution, batchNorm, hasBias: true, isDepthwise: false, activation: 'relu' };
}

function specsOf(convolutions: readonly InceptionConvolution[]): TensorSpec[] {
  return convolutions.map(layerOf).flatMap((layer) => convolutionLayerSpecs(layer, torchDefaultInit(layer)));
}

/** Convolution, batch norm, ReLU. */
function inceptionLayer(pass: Pass, convolution: InceptionConvolution, input: Tensor4D): Tensor4D {
  return convolutionLayer(pass, layerOf(convolution), input);
}

/**
 * The 1x1 convolutions that open a block's branches as one, on frozen batch norms: the block's input, the widest of its
 * tensors, is read and differentiated once instead of three times. [batch, h, w, c] -> one output for each.
 */
function opened(pass: Pass, openings: readonly InceptionConvolution[], input: Tensor4D): Tensor4D[] {
  if (pass.onBatch) return openings.map((one) => inceptionLayer(pass, one, input));
  const parts = openings.map((one) => foldedConvolution(pass.state, layerOf(one)));
  const filter = tf.concat(
    parts.map((part) => part.filter),
    3,
  );
  const bias = tf.concat(parts.map((part) => part.bias));
  const output = convolution(input, filter, bias, { stride: 1, padding: 0, activation: 'relu' });
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
  if (pass.onBatch) return inceptionLayer(pass, projection, averagePool(input));
  const { filter, bias } = foldedConvolution(pass.state, layerOf(projection));
  const none = tf.zeros([projection.outputs]);
  const projected = convolution(input, filter, none, { stride: 1, padding: 0, activation: 'none' });
  return tf.relu(tf.add(averagePool(projected), bias)) as Tensor4D;
}

function pooledBranch(pass: Pass, { pool, stride, projection }: InceptionBlock, input: Tensor4D): Tensor4D {
  if (projection === null) return maxPool(input, stride);
  if (pool === 'average') return averageBranch(pass, projection, input);
  return inceptionLayer(pass, projection, maxPool(input, stride));
}

function block(pass: Pass, table: InceptionBlock, input: Tensor4D): Tensor4D {
  const { one, three, doubleThree } = table;
  const openings = [...(one === null ? [] : [one]), three[0], doubleThree[0]];
  const branches = opened(pass, openings, input);
  const [reduced, doubleReduced] = branches.slice(-2) as [Tensor4D, Tensor4D];
  const output = tf.concat(
    [
      ...branches.slice(0, -2),
      inceptionLayer(pass, three[1], reduced),
      inceptionLayer(pass, doubleThree[2], inceptionLayer(pass, doubleThree[1], doubleReduced)),
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

function stem(pass: Pass, pixels: Tensor4D): Tensor4D {
  const [first, reduce, second] = inceptionStem;
  const seen = (name: string, activation: Tensor4D): Tensor4D => {
    pass.observe(name, activation);
    return activation;
  };
  const pool1 = seen('pool1_3x3_s2', maxPool(inceptionLayer(pass, first, pixels), 2));
  const reduced = seen('conv2_3x3_reduce', inceptionLayer(pass, reduce, pool1));
  return seen('pool2_3x3_s2', maxPool(inceptionLayer(pass, second, reduced), 2));
}

/** The side behind a max pool of stride 2 that rounds up. */
function pooledSide(side: number): number {
  return Math.ceil((side - 3) / 2) + 1;
}

/**
 * The side behind a block of stride 2. Strided convolutions round down where pools round up: only where both agree can
 * the block concatenate.
 */
function reducedSide(side: number, imageSize: number): number {
  const convolved = Math.floor((side - 1) / 2) + 1;
  if (side >= 2 && convolved === pooledSide(side)) return convolved;
  throw new RangeError(`bn_inception cannot take image_size ${imageSize}; 227 and 224 fit, as do 32 and 64`);
}

/**
 * BN-Inception, the paper's backbone: the stem and ten blocks. Every tensor has torch's state-dict key; convolution
 * weights are HWIO. Throws RangeError for a side in pixels whose branches do not fit together.
 */
export function bnInception(imageSize: number): Backbone {
  let side = pooledSide(pooledSide(Math.ceil(imageSize / 2)));
  const stages: Stage[] = [
    { name: 'stem', specs: specsOf(inceptionStem), outputShape: [side, side, inceptionStem[2].outputs], forward: stem },
  ];
  for (const table of inceptionBlocks) {
    if (table.stride === 2) side = reducedSide(side, imageSize);
    stages.push({
      name: table.name,
      specs: specsOf(convolutionsOf(table)),
      outputShape: [side, side, table.outputs],
      forward: (pass, input) => block(pass, table, input),
    });
  }
  return {
    name: 'bn_inception',
    inputShape: [imageSize, imageSize, 3],
    channels: inceptionOutputs,
    preprocess: meanSubtracted,
    stages,
  };
}
