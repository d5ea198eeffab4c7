import type { z } from 'zod';
import { ConfigError, type ConfigIssue, toldIssues } from './config-error.ts';
import { nearestKey } from './nearest-key.ts';
import { type Flaw, flawsOf } from './request-flaws.ts';

/** So many flaws are counted; a request of a megabyte could have a hundred thousand. */
const countedFlaws = 200;

/**
 * Parses a request, turning every flaw into an issue that names field, value and what is allowed.
 * @throws ConfigError with one issue per flaw, unknown keys with the nearest known one.
 */
export function parseRequest<T>(schema: z.ZodType<T>, knownKeys: readonly string[], request: unknown): T {
  const issues: ConfigIssue[] = [];
  let found = 0;
  for (const flaw of flawsOf(schema, request)) {
    found += 1;
    if (issues.length < toldIssues) issues.push(toIssue(flaw, knownKeys));
    if (found === countedFlaws) break;
  }
  if (found > issues.length) {
    const more = `${found - issues.length} more`;
    throw new ConfigError(issues, found === countedFlaws ? `at least ${more}` : more);
  }
  if (found > 0) throw new ConfigError(issues);
  return schema.parse(request);
}

function toIssue({ path, value, cause }: Flaw, knownKeys: readonly string[]): ConfigIssue {
  const field = path.length === 0 ? 'body' : path.join('.');
  if (cause === 'unknown key') {
    const nearest = nearestKey(String(path.at(-1)), knownKeys);
    const reason = nearest === null ? 'is not a known field' : `is not a known field; did you mean ${nearest}?`;
    return { field, value, reason, allowed: knownKeys.join(', ') };
  }
  if (typeof cause === 'number') {
    return { field, value, reason: 'has too many entries', allowed: `at most ${cause}` };
  }
  const reason = value === undefined && path.length > 0 ? 'is required' : cause.message;
  const allowed = cause.code === 'invalid_value' ? cause.values.map(String).join(', ') : null;
  return { field, value, reason, ...(allowed === null ? {} : { allowed }) };
}
