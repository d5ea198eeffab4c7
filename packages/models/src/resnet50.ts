import { tf } from '@spherelab/tensorflow';
import { activate } from './activation.ts';
import { torchBatchNorm } from './batch-norm.ts';
import {
  type ConvolutionLayer,
  convolutionLayer,
  convolutionLayerSpecs,
  fanOutInit,
  sideAfter,
} from './convolution-layer.ts';
import type { Tensor, Tensor4D, TensorSpec } from './network.ts';
import { maxPoolAfterRelu } from './pooling.ts';
import type { Backbone, Pass, Stage } from './stage.ts';

const LAYERS = [
  { name: 'layer1', blocks: 3, width: 64, stride: 1 },
  { name: 'layer2', blocks: 4, width: 128, stride: 2 },
  { name: 'layer3', blocks: 6, width: 256, stride: 2 },
  { name: 'layer4', blocks: 3, width: 512, stride: 2 },
] as const;
/** A block's outputs over its width. */
const EXPANSION = 4;
const STEM_CHANNELS = 64;
/** The side shrinks 32-fold. */
const SMALLEST_SIDE = 32;
/** ImageNet's, for RGB in 0..1: what torchvision's weights take. */
const MEAN_RGB = [0.485, 0.456, 0.406];
const STD_RGB = [0.229, 0.224, 0.225];

type LayerSettings = Pick<ConvolutionLayer, 'name' | 'inputs' | 'outputs' | 'size' | 'stride' | 'activation'> & {
  readonly norm: string;
};

function layerOf({ norm, ...settings }: LayerSettings): ConvolutionLayer {
  return {
    ...settings,
    batchNorm: { name: norm, ...torchBatchNorm },
    hasBias: false,
    padding: (settings.size - 1) / 2,
    isDepthwise: false,
  };
}

type Bottleneck = {
  readonly layers: readonly [reduce: ConvolutionLayer, ConvolutionLayer, expand: ConvolutionLayer];
  /** Brings the input to the output's shape; null where it has it. */
  readonly downsample: ConvolutionLayer | null;
};

/** The stride is in the 3x3 convolution (v1.5), as torchvision has it. */
function bottleneckOf(name: string, inputs: number, width: number, stride: 1 | 2): Bottleneck {
  const outputs = width * EXPANSION;
  const main = (index: number, settings: Omit<LayerSettings, 'name' | 'norm'>): ConvolutionLayer =>
    layerOf({ name: `${name}.conv${index}`, norm: `${name}.bn${index}`, ...settings });
  const linear = { size: 1, outputs, activation: 'none' } as const;
  return {
    layers: [
      main(1, { inputs, outputs: width, size: 1, stride: 1, activation: 'relu' }),
      main(2, { inputs: width, outputs: width, size: 3, stride, activation: 'relu' }),
      main(3, { inputs: width, stride: 1, ...linear }),
    ],
    downsample:
      stride === 1 && inputs === outputs
        ? null
        : layerOf({ name: `${name}.downsample.0`, norm: `${name}.downsample.1`, inputs, stride, ...linear }),
  };
}

function bottleneck(pass: Pass, { layers, downsample }: Bottleneck, input: Tensor4D): Tensor4D {
  const output = layers.reduce((features, layer) => convolutionLayer(pass, layer, features), input);
  const shortcut = downsample === null ? input : convolutionLayer(pass, downsample, input);
  return activate('relu', tf.add(output, shortcut));
}

function specsOf(layers: readonly ConvolutionLayer[]): TensorSpec[] {
  return layers.flatMap((layer) => convolutionLayerSpecs(layer, fanOutInit(layer)));
}

function stemStage(side: number): Stage {
  const first = { name: 'conv1', norm: 'bn1', inputs: 3, outputs: STEM_CHANNELS, size: 7, stride: 2 } as const;
  const layer = layerOf({ ...first, activation: 'relu' });
  return {
    name: 'stem',
    specs: specsOf([layer]),
    outputShape: [side, side, STEM_CHANNELS],
    forward: (pass, input) => maxPoolAfterRelu(convolutionLayer(pass, layer, input)),
  };
}

function layerStage(row: (typeof LAYERS)[number], inputs: number, side: number): Stage {
  const { name, blocks: count, width, stride } = row;
  const outputs = width * EXPANSION;
  const blocks = Array.from({ length: count }, (_, index) =>
    bottleneckOf(`${name}.${index}`, index === 0 ? inputs : outputs, width, index === 0 ? stride : 1),
  );
  return {
    name,
    specs: blocks.flatMap(({ layers, downsample }) =>
      specsOf([...layers, ...(downsample === null ? [] : [downsample])]),
    ),
    outputShape: [side, side, outputs],
    forward: (pass, input) => blocks.reduce((features, block) => bottleneck(pass, block, features), input),
  };
}

function normalisedPixels(pixels: Tensor): Tensor4D {
  const unit = tf.div(tf.cast(pixels, 'float32'), 255);
  return tf.div(tf.sub(unit, tf.tensor1d(MEAN_RGB)), tf.tensor1d(STD_RGB)) as Tensor4D;
}

/**
 * ResNet-50 with torchvision's keys and layout. Throws RangeError for a side below 32 pixels.
 */
export function resnet50(imageSize: number): Backbone {
  if (!Number.isInteger(imageSize) || imageSize < SMALLEST_SIDE)
    throw new RangeError(`resnet50 needs image_size >= ${SMALLEST_SIDE}, not ${imageSize}`);
  let side = sideAfter(sideAfter(imageSize, 2), 2);
  let inputs = STEM_CHANNELS;
  const stages = [stemStage(side)];
  for (const row of LAYERS) {
    side = sideAfter(side, row.stride);
    stages.push(layerStage(row, inputs, side));
    inputs = row.width * EXPANSION;
  }
  return {
    name: 'resnet50',
    inputShape: [imageSize, imageSize, 3],
    channels: inputs,
    preprocess: normalisedPixels,
    stages,
  };
}
