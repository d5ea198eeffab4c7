/**
 * Compares by UTF-8 bytes, as `LC_ALL=C sort` does, which is the order of code points; JavaScript's own order differs
 * beyond the basic plane, whose code points are written with surrogates.
 */
export function byteOrder(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates, of which characters beyond the basic plane consist, come after all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
