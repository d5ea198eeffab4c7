const MIX_FIRST = 0x7feb352d;
const MIX_SECOND = 0x846ca68b;
/** Keeps these draws apart from others made of the same seed by the same rule. */
const PURPOSE = 0x6b6d6561;

function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), MIX_FIRST);
  x = Math.imul(x ^ (x >>> 15), MIX_SECOND);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * The uniform number in [0, 1), a multiple of 2^-32, that belongs to (seed, counters). There is no generator state, so no
 * draw depends on which others were made. The mixer is the integer hash of golden/README.md, applied in a chain.
 */
export function seedingDraw(seed: number, ...counters: readonly number[]): number {
  let state = mix((seed ^ PURPOSE) >>> 0);
  for (const counter of counters) state = mix((state + counter) >>> 0);
  return state / 2 ** 32;
}
