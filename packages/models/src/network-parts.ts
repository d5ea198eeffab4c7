import { backboneOf } from './backbones.ts';
import type { NetworkOptions } from './create-network.ts';
import { embeddingHead, embeddingHeadSpecs, pooledFeatures } from './embedding-head.ts';
import type { ForwardResult, StateMap, Tensor, Tensor4D, TensorSpec } from './network.ts';
import { proxySpecs } from './proxies.ts';
import { type Backbone, type Pass, runStages, type Stage } from './stage.ts';

/** A network as what its options make of its backbone. */
export type NetworkParts = {
  readonly options: NetworkOptions;
  readonly backbone: Backbone;
  readonly frozen: readonly Stage[];
  readonly trained: readonly Stage[];
  /** Of the whole network, in checkpoint-key order. */
  readonly specs: readonly TensorSpec[];
};

export function frozenSpecs(stages: readonly Stage[]): TensorSpec[] {
  return stages.flatMap(({ specs }) => specs).map((spec) => ({ ...spec, group: 'frozen' }));
}

/** Throws RangeError for a name, size or number of stages or proxies that there is not. */
export function networkParts(options: NetworkOptions): NetworkParts {
  const { embeddingDim, needBn, freezeStages = 0, proxies } = options;
  const backbone = backboneOf(options.backbone, options.imageSize);
  const { name, stages, channels } = backbone;
  if (!Number.isInteger(freezeStages) || freezeStages < 0 || freezeStages > stages.length)
    throw new RangeError(`${name} has ${stages.length} stages: freeze_stages cannot be ${freezeStages}`);
  const [frozen, trained] = [stages.slice(0, freezeStages), stages.slice(freezeStages)];
  const specs = [
    ...frozenSpecs(frozen),
    ...trained.flatMap((stage) => stage.specs),
    ...embeddingHeadSpecs({ channels, embeddingDim, needBn }),
    ...(proxies === undefined ? [] : proxySpecs(proxies, embeddingDim)),
  ];
  return { options, backbone, frozen, trained, specs };
}

function passOn(state: StateMap, onBatch: boolean): Pass {
  return { state, onBatch, changed: new Map(), observe: () => undefined };
}

/** The frozen stages, on running statistics whatever freeze_bn says. */
export function frozenFeatures({ backbone, frozen }: NetworkParts, state: StateMap, pixels: Tensor): Tensor4D {
  return runStages(frozen, passOn(state, false), backbone.preprocess(pixels));
}

/** From what the frozen stages give to embeddings. */
export function trainedForward(
  { options, trained }: NetworkParts,
  state: StateMap,
  features: Tensor4D,
  training: boolean,
) {
  const pass = passOn(state, training && !options.freezeBn);
  const pooled = pooledFeatures(runStages(trained, pass, features));
  const { embeddings, runningStatistics } = embeddingHead(state, pooled, training, options.needBn);
  return {
    embeddings,
    pooled,
    runningStatistics: new Map([...pass.changed, ...runningStatistics]),
  } satisfies ForwardResult;
}
