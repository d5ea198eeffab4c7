import { bnInceptionSizesNear, fitsBnInception } from './fits-bn-inception.ts';
import { imagenetWeights } from './imagenet-weights.ts';
import type { PresetValues } from './preset.ts';
import { ours } from './sourced-value.ts';

/** Everything about a backbone but its layers, which packages/models has. */
export type BackboneRecord = {
  readonly title: string;
  /** What it is, in one sentence. */
  readonly about: string;
  readonly source: string;
  /** In the order in which pictures pass them; `freeze_stages` counts from the first. */
  readonly stages: readonly string[];
  /** Without the head. */
  readonly parameters: number;
  /** Whether it has pretrained weights; a random start of one that has none is written out all the same. */
  readonly pretrained: boolean;
  /** Which sides of a square picture it takes, px. */
  readonly sizes: SizeRule;
  /** What an experiment takes where its backbone is not the one of the data set's preset. */
  readonly preset: Pick<PresetValues, 'image_size' | 'embedding_dim' | 'weights' | 'lr' | 'lr_p'>;
};

export type SizeRule = {
  readonly fits: (imageSize: number) => boolean;
  readonly reason: string;
  /** What is allowed, for somebody who asked for this size. */
  readonly allowed: (imageSize: number) => string;
};

/** Any side from a smallest one on. */
function from(smallest: number): SizeRule {
  return {
    fits: (imageSize) => imageSize >= smallest,
    reason: 'is too small: nothing would be left after the strides',
    allowed: () => `${smallest} or more`,
  };
}

export const backbones = {
  bn_inception: {
    title: 'BN-Inception',
    about: "the paper's network: ten inception blocks with batch norms",
    source: 'reference, models/bninception.py',
    stages: ['stem', ...['3a', '3b', '3c', '4a', '4b', '4c', '4d', '4e', '5a', '5b'].map((id) => `inception_${id}`)],
    parameters: 10_270_240,
    pretrained: true,
    sizes: {
      fits: fitsBnInception,
      reason: 'bn_inception cannot put its branches together at this size',
      allowed: (imageSize) =>
        `32k - 1 to 32k + 6 for k from 1 on; the nearest are ${bnInceptionSizesNear(imageSize).join(' and ')}`,
    },
    preset: {
      image_size: ours(227),
      embedding_dim: ours(512),
      weights: ours(imagenetWeights),
      lr: ours(1e-5),
      lr_p: ours(5e-6),
    },
  },
  efficientnet_lite0: {
    title: 'EfficientNet-Lite0',
    about:
      'inverted bottlenecks with depthwise convolutions, ReLU6 and no squeeze-and-excitation; made for small devices',
    source: 'PyPI efficientnet-lite-pytorch 0.1.0',
    stages: ['stem', ...[1, 2, 3, 4, 5, 6, 7].map((block) => `mbconv${block}`), 'conv_head'],
    parameters: 3_371_008,
    pretrained: true,
    sizes: from(32),
    preset: {
      image_size: ours(224),
      embedding_dim: ours(128),
      weights: ours('efficientnet-lite0-57934424.pth'),
      lr: ours(2e-4),
      lr_p: ours(2e-4),
    },
  },
  resnet50: {
    title: 'ResNet-50',
    about: 'four stages of residual bottlenecks, the stride in the 3x3 convolution',
    source: 'torchvision resnet50',
    stages: ['stem', 'layer1', 'layer2', 'layer3', 'layer4'],
    parameters: 23_508_032,
    pretrained: true,
    sizes: from(32),
    preset: {
      image_size: ours(224),
      embedding_dim: ours(512),
      weights: ours('resnet50-0676ba61.pth'),
      lr: ours(1e-4),
      lr_p: ours(1e-5),
    },
  },
  conv_small: {
    title: 'Small convolutional network',
    about: 'four convolutions for pictures of about 64 px; trains from random weights on a CPU in minutes',
    source: 'ours',
    stages: ['conv1', 'conv2', 'conv3', 'conv4'],
    parameters: 79_744,
    pretrained: false,
    sizes: from(16),
    preset: {
      image_size: ours(64),
      embedding_dim: ours(128),
      weights: ours('random'),
      lr: ours(2e-3),
      lr_p: ours(2e-3),
    },
  },
} as const satisfies Readonly<Record<string, BackboneRecord>>;

export type BackboneName = keyof typeof backbones;
export const backboneNames = Object.keys(backbones) as readonly BackboneName[];

/** The record of a backbone in its general type. */
export function backboneRecord(name: BackboneName): BackboneRecord {
  return backbones[name];
}
