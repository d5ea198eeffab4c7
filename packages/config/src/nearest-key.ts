/** A longer key is no slip of the pen: every known one is much shorter, and the distance takes as many steps as both have. */
const longestSlip = 40;

/** The known key closest to `key` by edit distance, or null when none is close enough to be a slip of the pen. */
export function nearestKey(key: string, known: readonly string[]): string | null {
  if (key.length > longestSlip) return null;
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(key.length / 2)) + 1;
  for (const candidate of known) {
    const distance = editDistance(key.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
