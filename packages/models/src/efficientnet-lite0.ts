import { tf } from '@spherelab/tensorflow';
import type { BatchNormRule } from './batch-norm.ts';
import {
  type ConvolutionLayer,
  convolutionLayer,
  convolutionLayerSpecs,
  fanOutInit,
  sideAfter,
} from './convolution-layer.ts';
import type { Tensor, Tensor4D, TensorSpec } from './network.ts';
import type { Backbone, Pass, Stage } from './stage.ts';

/** Rows of inverted bottlenecks; the first of a row has its stride. efficientnet_lite_pytorch/utils.py, `efficientnet_lite`. */
const ROWS = [
  { repeats: 1, size: 3, stride: 1, expansion: 1, outputs: 16 },
  { repeats: 2, size: 3, stride: 2, expansion: 6, outputs: 24 },
  { repeats: 2, size: 5, stride: 2, expansion: 6, outputs: 40 },
  { repeats: 3, size: 3, stride: 2, expansion: 6, outputs: 80 },
  { repeats: 3, size: 5, stride: 1, expansion: 6, outputs: 112 },
  { repeats: 4, size: 5, stride: 2, expansion: 6, outputs: 192 },
  { repeats: 1, size: 3, stride: 1, expansion: 6, outputs: 320 },
] as const;
const STEM_CHANNELS = 32;
const CHANNELS = 1280;
/** The side shrinks 32-fold. */
const SMALLEST_SIDE = 32;
/** TensorFlow's momentum of 0.99 is torch's 0.01. */
const BATCH_NORM: BatchNormRule = { epsilon: 1e-3, momentum: 0.01 };

type LayerSettings = Pick<ConvolutionLayer, 'name' | 'inputs' | 'outputs'> & {
  readonly norm: string;
} & Partial<Pick<ConvolutionLayer, 'size' | 'stride' | 'isDepthwise' | 'activation'>>;

function layerOf({ norm, ...settings }: LayerSettings): ConvolutionLayer {
  return {
    batchNorm: { name: norm, ...BATCH_NORM },
    hasBias: false,
    size: 1,
    stride: 1,
    padding: 'same',
    isDepthwise: false,
    activation: 'relu6',
    ...settings,
  };
}

type Bottleneck = {
  /** In order: expansion (where there is one), depthwise convolution, projection. */
  readonly layers: readonly ConvolutionLayer[];
  /** Whether the input is added to the output. */
  readonly isResidual: boolean;
};

function bottleneckOf(index: number, row: (typeof ROWS)[number], inputs: number, stride: 1 | 2): Bottleneck {
  const { size, expansion, outputs } = row;
  const at = (part: string): string => `_blocks.${index}.${part}`;
  const inner = inputs * expansion;
  const expand = layerOf({ name: at('_expand_conv'), norm: at('_bn0'), inputs, outputs: inner });
  const depthwise = layerOf({
    name: at('_depthwise_conv'),
    norm: at('_bn1'),
    inputs: inner,
    outputs: inner,
    size,
    stride,
    isDepthwise: true,
  });
  const project = layerOf({ name: at('_project_conv'), norm: at('_bn2'), inputs: inner, outputs, activation: 'none' });
  return {
    layers: [...(expansion === 1 ? [] : [expand]), depthwise, project],
    isResidual: stride === 1 && inputs === outputs,
  };
}

function bottleneck(pass: Pass, { layers, isResidual }: Bottleneck, input: Tensor4D): Tensor4D {
  const output = layers.reduce((features, layer) => convolutionLayer(pass, layer, features), input);
  return isResidual ? tf.add(output, input) : output;
}

function specsOf(layers: readonly ConvolutionLayer[]): TensorSpec[] {
  return layers.flatMap((layer) => convolutionLayerSpecs(layer, fanOutInit(layer)));
}

function layerStage(name: string, layer: ConvolutionLayer, side: number): Stage {
  return {
    name,
    specs: specsOf([layer]),
    outputShape: [side, side, layer.outputs],
    forward: (pass, input) => convolutionLayer(pass, layer, input),
  };
}

function bottleneckStage(name: string, blocks: readonly Bottleneck[], outputShape: Stage['outputShape']): Stage {
  return {
    name,
    specs: blocks.flatMap(({ layers }) => specsOf(layers)),
    outputShape,
    forward: (pass, input) => blocks.reduce((features, block) => bottleneck(pass, block, features), input),
  };
}

/** RGB 0..255 as the pretrained weights take them (efficientnet/lite/efficientnet_lite_builder.py: mean 127, std 128). */
function scaledPixels(pixels: Tensor): Tensor4D {
  return tf.div(tf.sub(tf.cast(pixels, 'float32'), 127), 128) as Tensor4D;
}

/**
 * EfficientNet-Lite0 with the keys of PyPI's efficientnet-lite-pytorch, as it computes when it is built for this image
 * size (its default pads as for 224 px, which differs where a side gets odd). Neither drop-connect nor dropout: they
 * regularise classification from scratch, and a step here depends on its batch alone.
 * Throws RangeError for a side below 32 pixels.
 */
export function efficientnetLite0(imageSize: number): Backbone {
  if (!Number.isInteger(imageSize) || imageSize < SMALLEST_SIDE)
    throw new RangeError(`efficientnet_lite0 needs image_size >= ${SMALLEST_SIDE}, not ${imageSize}`);
  const stem = { name: '_conv_stem', norm: '_bn0', inputs: 3, outputs: STEM_CHANNELS, size: 3, stride: 2 } as const;
  let [index, inputs, side]: [number, number, number] = [0, STEM_CHANNELS, sideAfter(imageSize, stem.stride)];
  const stages = [layerStage('stem', layerOf(stem), side)];
  for (const [at, row] of ROWS.entries()) {
    const blocks: Bottleneck[] = [];
    for (let repeat = 0; repeat < row.repeats; repeat += 1) {
      blocks.push(bottleneckOf(index, row, inputs, repeat === 0 ? row.stride : 1));
      index += 1;
      inputs = row.outputs;
    }
    side = sideAfter(side, row.stride);
    stages.push(bottleneckStage(`mbconv${at + 1}`, blocks, [side, side, inputs]));
  }
  stages.push(layerStage('conv_head', layerOf({ name: '_conv_head', norm: '_bn1', inputs, outputs: CHANNELS }), side));
  return {
    name: 'efficientnet_lite0',
    inputShape: [imageSize, imageSize, 3],
    channels: CHANNELS,
    preprocess: scaledPixels,
    stages,
  };
}
