import type { TorchDtype } from './torch-dtype.ts';

/** What a state dict's pickle can hold. Data only: nothing of it can be called. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleGlobal
  | PickledStorage
  | PickledTensor;

export type PickleTuple = { readonly kind: 'tuple'; readonly items: readonly PickleValue[] };
export type PickleList = { readonly kind: 'list'; readonly items: PickleValue[] };
export type PickleDict = { readonly kind: 'dict'; readonly entries: Map<string | number, PickleValue> };

/** The name of one of the few globals that a state dict needs, such as torch.FloatStorage. */
export type PickleGlobal = { readonly kind: 'global'; readonly name: string };

/** A flat array of values that lies outside the pickle. */
export type PickledStorage = {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: TorchDtype;
  /** Where torch had it, for example `cpu` or `cuda:0`; of no meaning to a reader. */
  readonly location: string;
  /** Elements stored under the key. */
  readonly storedCount: number;
  /** First element and number of elements of the part that this storage is; all of it but in files of 2017. */
  readonly start: number;
  readonly count: number;
};

export type PickledTensor = {
  readonly kind: 'tensor';
  readonly storage: PickledStorage;
  /** In elements from the front of the stored array. */
  readonly storageOffset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
};

/** How an error names a value. */
export function describePickleValue(value: PickleValue): string {
  if (value === null) return 'None';
  if (typeof value !== 'object') return `a ${typeof value}`;
  return value.kind === 'global' ? value.name : `a ${value.kind}`;
}
