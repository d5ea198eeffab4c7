/**
 * Numbers that a seed decides: mulberry32 (Tommy Ettinger, public domain).
 * @param {number} seed whole number
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** from low up to high */
    between: (low, high) => low + next() * (high - low),
    /** one of a list, or undefined */
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}
