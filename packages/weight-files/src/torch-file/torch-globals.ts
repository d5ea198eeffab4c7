import { pickleLimits } from './pickle-limits.ts';
import type { PickleNames } from './pickle-opcodes.ts';
import { setItems } from './pickle-stack.ts';
import {
  describePickleValue,
  type PickleDict,
  type PickledStorage,
  type PickledTensor,
  type PickleValue,
} from './pickle-value.ts';
import { type TorchDtype, torchDtypes, torchStorageNames } from './torch-dtype.ts';
import { TorchFileError } from './torch-file-error.ts';

type Arguments = readonly PickleValue[];

const storageDtypes: ReadonlyMap<string, TorchDtype> = new Map(
  torchDtypes.flatMap((dtype) => [
    [`torch.${torchStorageNames[dtype]}`, dtype] as const,
    [`torch.cuda.${torchStorageNames[dtype]}`, dtype] as const,
  ]),
);

/** Everything that a state dict calls. Arguments as in torch/_utils.py; hooks and requires_grad mean nothing to a reader. */
const callables: ReadonlyMap<string, (args: Arguments) => PickleValue> = new Map([
  ['collections.OrderedDict', orderedDict],
  ['torch.Size', torchSize],
  ['torch._utils._rebuild_tensor', (args: Arguments) => rebuildTensor(args, 4, 4)],
  ['torch._utils._rebuild_tensor_v2', (args: Arguments) => rebuildTensor(args, 6, 7)],
  ['torch._utils._rebuild_parameter', rebuildParameter],
]);

/** The meaning of names in a pickle of torch; `storages` collects, by key, the flat arrays that the pickle speaks of. */
export function torchNames(storages: Map<string, PickledStorage>): PickleNames {
  return {
    global: (name) => {
      if (!storageDtypes.has(name) && !callables.has(name)) {
        if (name.startsWith('numpy.')) throw new TorchFileError(besideWeights(name));
        throw new TorchFileError(`the pickle asks for ${name}, which a state dict does not need: refused`);
      }
      return { kind: 'global', name };
    },
    call: (name, args) => {
      const callable = callables.get(name);
      if (callable === undefined) throw new TorchFileError(`the pickle calls ${name}, which cannot be called`);
      return callable(args);
    },
    persistent: (id) => declareStorage(id, storages),
  };
}

/** Scripts that train keep a best score of NumPy's beside the weights: nothing to be afraid of, and nothing that is read. */
function besideWeights(name: string): string {
  return (
    `the file holds values of NumPy (${name}) beside the weights, which are not read: save the weights alone, in Python: ` +
    'torch.save(torch.load("FILE", map_location="cpu", weights_only=False)["state_dict"], "weights.pth")'
  );
}

/** `()`, or Python 2's `([[key, value], ...],)`. */
function orderedDict(args: Arguments): PickleDict {
  const dict: PickleDict = { kind: 'dict', entries: new Map() };
  const [pairs] = args;
  if (pairs === undefined) return dict;
  for (const pair of sequence(pairs, 'the items of an OrderedDict')) {
    setItems(dict, sequence(pair, 'an item of an OrderedDict'));
  }
  return dict;
}

function torchSize([sizes]: Arguments): PickleValue {
  return { kind: 'tuple', items: sequence(sizes ?? null, 'a torch.Size') };
}

function rebuildParameter([data]: Arguments): PickledTensor {
  if (data === null || typeof data !== 'object' || data.kind !== 'tensor') {
    throw new TorchFileError('the pickle makes a parameter of something that is no tensor');
  }
  return data;
}

function rebuildTensor(args: Arguments, fewest: number, most: number): PickledTensor {
  const [storage, offset, shape, stride] = args;
  if (args.length < fewest || args.length > most || shape === undefined || stride === undefined) {
    throw new TorchFileError(`the pickle makes a tensor of ${args.length} arguments`);
  }
  if (storage === null || typeof storage !== 'object' || storage.kind !== 'storage') {
    throw new TorchFileError('the pickle makes a tensor of something that is no storage');
  }
  const first = count(offset, 'the offset of a tensor');
  const sizes = sequence(shape, 'the shape of a tensor').map((size) => count(size, 'a size of a tensor'));
  const steps = sequence(stride, 'the strides of a tensor').map((step) => count(step, 'a stride of a tensor'));
  if (sizes.length !== steps.length || sizes.length > pickleLimits.rank) {
    throw new TorchFileError(`the pickle makes a tensor of ${sizes.length} sizes and ${steps.length} strides`);
  }
  const isEmpty = sizes.includes(0);
  const reach = isEmpty ? 0 : sizes.reduce((sum, size, axis) => sum + (size - 1) * (steps[axis] as number), first + 1);
  if (!Number.isSafeInteger(reach) || reach > storage.count) {
    throw new TorchFileError(
      `a tensor of shape [${sizes}], strides [${steps}] and offset ${first} reaches beyond its storage of ${storage.count} elements`,
    );
  }
  return { kind: 'tensor', storage, storageOffset: storage.start + first, shape: sizes, stride: steps };
}

/** ('storage', type, key, location, count), in legacy files with a sixth: None or a view (key, offset, count). */
function declareStorage(id: PickleValue, storages: Map<string, PickledStorage>): PickledStorage {
  const [kind, type, key, location, stored, view] = sequence(id, 'a persistent id');
  if (kind === 'module') {
    throw new TorchFileError('the file holds a whole module (torch.save(model)), not a state dict: refused');
  }
  const dtype = typeof type === 'object' && type?.kind === 'global' ? storageDtypes.get(type.name) : undefined;
  if (kind !== 'storage' || dtype === undefined || typeof key !== 'string' || typeof location !== 'string') {
    throw new TorchFileError('the pickle has a persistent id that is no storage');
  }
  const storedCount = count(stored, 'the size of a storage');
  const whole = { kind: 'storage', key, dtype, location, storedCount, start: 0, count: storedCount } as const;
  const known = storages.get(key);
  if (known !== undefined && (known.dtype !== dtype || known.storedCount !== storedCount)) {
    throw new TorchFileError(`storage ${key} is declared twice, differently`);
  }
  storages.set(key, whole);
  if (view === undefined || view === null) return whole;
  const [, viewOffset, viewCount] = sequence(view, 'a view of a storage');
  const start = count(viewOffset, 'the offset of a storage view');
  const length = count(viewCount, 'the size of a storage view');
  if (start + length > storedCount) throw new TorchFileError(`a view reaches beyond storage ${key}`);
  return { ...whole, start, count: length };
}

function sequence(value: PickleValue, what: string): Arguments {
  if (value !== null && typeof value === 'object' && (value.kind === 'tuple' || value.kind === 'list')) {
    return value.items;
  }
  throw new TorchFileError(`${what} is ${describePickleValue(value)}, not a tuple`);
}

function count(value: PickleValue | undefined, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  const shown =
    typeof value === 'number' || typeof value === 'bigint' ? `${value}` : describePickleValue(value ?? null);
  throw new TorchFileError(`${what} is ${shown}, not a whole number from 0 on`);
}
