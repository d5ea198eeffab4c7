import { pickleLimits } from './pickle-limits.ts';
import { describePickleValue, type PickledTensor, type PickleValue } from './pickle-value.ts';
import { TorchFileError } from './torch-file-error.ts';

export type TorchScalar = null | boolean | number | bigint | string;

export type FlatState = {
  readonly tensors: Map<string, PickledTensor>;
  readonly scalars: Map<string, TorchScalar>;
};

/**
 * Nested dicts, lists and tuples as one level with dotted keys: `state.0.exp_avg`, `param_groups.1.lr`.
 * @throws TorchFileError when the root is no dict, for nesting without end and for keys that occur twice
 */
export function flattenState(root: PickleValue): FlatState {
  if (root === null || typeof root !== 'object' || root.kind !== 'dict') {
    throw new TorchFileError(`the file holds ${describePickleValue(root)}, not a state dict`);
  }
  const flat: FlatState = { tensors: new Map(), scalars: new Map() };
  let visits = 0;
  const visit = (key: string, value: PickleValue, depth: number): void => {
    visits += 1;
    if (visits > pickleLimits.visits || depth > pickleLimits.depth) {
      throw new TorchFileError('the dicts of the file are nested too deep or without end');
    }
    if (key.length > pickleLimits.keyLength) {
      throw new TorchFileError(`the file has a key of ${key.length} characters: ${key.slice(0, 60)}...`);
    }
    if (value === null || typeof value !== 'object') add(flat.scalars, key, value);
    else if (value.kind === 'tensor') add(flat.tensors, key, value);
    else if (value.kind === 'global' || value.kind === 'storage') {
      throw new TorchFileError(`${key} is ${describePickleValue(value)}, neither a tensor nor a number`);
    } else {
      const items = value.kind === 'dict' ? value.entries : value.items.entries();
      for (const [name, item] of items) visit(depth === 0 ? `${name}` : `${key}.${name}`, item, depth + 1);
    }
  };
  visit('', root, 0);
  return flat;
}

function add<T>(target: Map<string, T>, key: string, value: T): void {
  if (target.has(key)) throw new TorchFileError(`the file has two entries ${key}`);
  target.set(key, value);
}
