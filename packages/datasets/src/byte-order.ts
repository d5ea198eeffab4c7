/**
 * Compares by UTF-8 bytes, as `LC_ALL=C sort` does, which is the order of code points; JavaScript's own order differs
 * beyond the basic plane.
 */
export function byteOrder(a: string, b: string): number {
  const left = Array.from(a, (character) => character.codePointAt(0) as number);
  const right = Array.from(b, (character) => character.codePointAt(0) as number);
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i += 1) {
    const difference = (left[i] as number) - (right[i] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
