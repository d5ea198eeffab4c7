import type { z } from 'zod';
import { ConfigError, type ConfigIssue } from './config-error.ts';
import { nearestKey } from './nearest-key.ts';

/**
 * Parses a request, turning every zod issue into one that names field, value and what is allowed.
 * @throws ConfigError with one issue per problem, unknown keys with the nearest known one.
 */
export function parseRequest<T>(schema: z.ZodType<T>, knownKeys: readonly string[], request: unknown): T {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.flatMap((issue) => toConfigIssues(issue, knownKeys, request)));
}

function toConfigIssues(issue: z.core.$ZodIssue, knownKeys: readonly string[], request: unknown): ConfigIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      unknownKey([...issue.path, key].join('.'), key, knownKeys, valueAt(request, [...issue.path, key])),
    );
  }
  const field = issue.path.length === 0 ? 'body' : issue.path.join('.');
  const value = valueAt(request, issue.path);
  const reason = value === undefined && issue.path.length > 0 ? 'is required' : issue.message;
  const allowed = issue.code === 'invalid_value' ? issue.values.map(String).join(', ') : null;
  return [{ field, value, reason, ...(allowed === null ? {} : { allowed }) }];
}

function unknownKey(field: string, key: string, knownKeys: readonly string[], value: unknown): ConfigIssue {
  const nearest = nearestKey(key, knownKeys);
  const reason = nearest === null ? 'is not a known field' : `is not a known field; did you mean ${nearest}?`;
  return { field, value, reason, allowed: knownKeys.join(', ') };
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
