import { TorchFileError } from '@spherelab/weight-files';

/** What wrappers put before a key: DataParallel, torch.compile, and training scripts that save more than the weights. */
const wrappers = ['module.', '_orig_mod.', 'state_dict.'];

function withoutWrappers(key: string): string {
  const wrapper = wrappers.find((candidate) => key.startsWith(candidate));
  return wrapper === undefined ? key : withoutWrappers(key.slice(wrapper.length));
}

/**
 * How a file's keys become names of a network: without what wrappers put before them, and, where its tensors stand under one prefix of
 * somebody's own (`model.`, `net.backbone.`), without that.
 * @param names of the network
 * @throws TorchFileError where they stand under several as often: whose weights were meant is not ours to guess
 */
export function nameUnderPrefix(keys: readonly string[], names: ReadonlySet<string>): (key: string) => string {
  const plain = keys.filter((key) => names.has(withoutWrappers(key))).length;
  const prefixes = [...countPrefixes(keys, names)].sort(([, a], [, b]) => b - a);
  const [[prefix, count] = ['', 0], [other, otherCount] = ['', 0]] = prefixes;
  if (count <= plain) return withoutWrappers;
  if (otherCount === count) {
    throw new TorchFileError(
      `the file has the network twice, under ${prefix} and ${other}: save one, in Python: s = torch.load("FILE"); torch.save({k[${prefix.length}:]: v for k, v in s.items() if k.startswith("${prefix}")}, "one.pth")`,
    );
  }
  return (key) => {
    const inner = withoutWrappers(key);
    return inner.startsWith(prefix) ? inner.slice(prefix.length) : inner;
  };
}

/** How many of the network's tensors stand under each prefix that ends in a dot, behind the wrappers. */
function countPrefixes(keys: readonly string[], names: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys.map(withoutWrappers)) {
    for (let dot = key.indexOf('.'); dot !== -1; dot = key.indexOf('.', dot + 1)) {
      const prefix = key.slice(0, dot + 1);
      if (names.has(key.slice(dot + 1))) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  return counts;
}
