import { ConfigError } from '@spherelab/config';

/** Postgres stores neither NUL nor half of a surrogate pair, and fails on either wherever text comes to it. */
const unstorable = /[\0\p{Surrogate}]/u;
/** How JSON writes either; nothing else in a valid body can become one. */
const escapesOfUnstorable = /\\u(0000|d[89a-f])/i;

/** Whether a body of this text could hold what cannot be stored: a look that saves most bodies the walk. */
export function mayBeUnstorable(json: string): boolean {
  return escapesOfUnstorable.test(json);
}

/** @throws ConfigError naming the first text, be it a value or a key, that cannot be stored */
export function checkStorable(part: unknown): void {
  const path = pathOfUnstorable(part);
  if (path === null) return;
  const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], part);
  const reason = 'must not contain NUL or half of a surrogate pair';
  throw new ConfigError([{ field: path.join('.') || 'body', value, reason }]);
}

function pathOfUnstorable(value: unknown): string[] | null {
  if (typeof value === 'string') return unstorable.test(value) ? [] : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, entry] of Object.entries(value)) {
    if (unstorable.test(key)) return [key];
    const rest = pathOfUnstorable(entry);
    if (rest !== null) return [key, ...rest];
  }
  return null;
}
