import { bnInception } from './bn-inception.ts';
import { convSmall } from './conv-small.ts';
import { efficientnetLite0 } from './efficientnet-lite0.ts';
import { resnet50 } from './resnet50.ts';
import type { Backbone } from './stage.ts';

/** From the name in an experiment's config to the backbone for pictures of that side in pixels. */
const backbones: Readonly<Record<string, (imageSize: number) => Backbone>> = {
  bn_inception: bnInception,
  conv_small: convSmall,
  efficientnet_lite0: efficientnetLite0,
  resnet50,
};

/** A side that every backbone takes: names of stages do not depend on it. */
const ANY_SIDE = 64;

/** Throws RangeError for a name or side that this build does not have. */
export function backboneOf(name: string, imageSize: number): Backbone {
  const make = Object.hasOwn(backbones, name) ? backbones[name] : undefined;
  if (make !== undefined) return make(imageSize);
  throw new RangeError(`there is no backbone "${name}"; there are ${Object.keys(backbones).join(', ')}`);
}

/** Names of a backbone's stages, first to last. Throws RangeError for a name that this build does not have. */
export function stageNames(backbone: string): readonly string[] {
  return backboneOf(backbone, ANY_SIDE).stages.map(({ name }) => name);
}
