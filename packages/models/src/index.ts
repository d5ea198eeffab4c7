export { stageNames } from './backbones.ts';
export { counterUniform } from './counter-uniform.ts';
export { createNetwork, type NetworkOptions } from './create-network.ts';
export { type BatchesTracked, exportStateDict } from './export-state-dict.ts';
export { type ImportedState, importStateDict } from './import-state-dict.ts';
export { initialState } from './initial-state.ts';
export type {
  ForwardResult,
  Network,
  ParameterGroup,
  StateMap,
  Tensor,
  Tensor2D,
  Tensor4D,
  TensorSpec,
} from './network.ts';
export { proxiesKey } from './proxies.ts';
export { type FrozenStages, type SplitNetwork, splitNetwork } from './split-network.ts';
