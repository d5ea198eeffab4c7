/** Characters of a text, and entries of a list or object, that an answer repeats. */
const repeatedCharacters = 200;
const repeatedEntries = 20;

/** A refused value as an answer repeats it: small ones as they are, of others a part or their size. */
export function shortValue(value: unknown): unknown {
  if (typeof value === 'string') return shortText(value);
  if (isSmall(value, { entries: repeatedEntries, characters: repeatedCharacters })) return value;
  if (Array.isArray(value)) return `a list of ${value.length} entries`;
  return `an object of ${Object.keys(value as object).length} fields`;
}

/** The beginning of a text. */
export function shortText(text: string): string {
  return text.length <= repeatedCharacters ? text : `${text.slice(0, repeatedCharacters)}…`;
}

/** Spends `left` on what it meets and stops when that is gone: the work does not grow with the value. */
function isSmall(value: unknown, left: { entries: number; characters: number }): boolean {
  if (typeof value === 'string') left.characters -= value.length;
  if (typeof value === 'object' && value !== null) {
    for (const key in value) {
      left.entries -= 1;
      left.characters -= key.length;
      if (left.entries < 0 || !isSmall((value as Record<string, unknown>)[key], left)) return false;
    }
  }
  return left.characters >= 0;
}
