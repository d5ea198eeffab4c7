const MIX_FIRST = 0x7feb352d;
const MIX_SECOND = 0x846ca68b;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function mix(value: number): number {
  let x = value;
  x ^= x >>> 16;
  x = Math.imul(x, MIX_FIRST);
  x ^= x >>> 15;
  x = Math.imul(x, MIX_SECOND);
  x ^= x >>> 16;
  return x >>> 0;
}

function fnv1a(text: string): number {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash >>> 0;
}

/**
 * Uniform numbers in [0, 1) that depend on (seed, name, index) only: mix(mix(seed ^ fnv1a(name)) + index) / 2^32 on
 * wrapping 32-bit integers. The rule by which the golden data make their weights.
 */
export function counterUniform(seed: number, name: string): (index: number) => number {
  const key = mix((seed ^ fnv1a(name)) >>> 0);
  return (index) => mix((key + index) >>> 0) / 2 ** 32;
}
