import { z } from 'zod';

/** Something wrong with a request: a key that nobody knows, a list longer than the number, or what zod says of a value. */
export type Flaw = {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
  readonly cause: 'unknown key' | number | z.core.$ZodIssue;
};

/**
 * The flaws of a value, one after another: who stops at the twentieth has had the work of twenty, whatever the size of
 * the request. zod alone would look at each entry of a list before it counts them, and finds every flaw before it tells one.
 */
export function* flawsOf(schema: z.core.$ZodType, value: unknown, path: readonly PropertyKey[] = []): Generator<Flaw> {
  const [inner, isOptional] = unwrapped(schema);
  if (value === undefined && isOptional) return;
  if (inner instanceof z.ZodObject && isRecord(value)) {
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(inner.shape, key) || !(inner.def.catchall instanceof z.ZodNever)) continue;
      yield { path: [...path, key], value: value[key], cause: 'unknown key' };
    }
    for (const [key, field] of Object.entries(inner.shape as z.core.$ZodShape)) {
      yield* flawsOf(field, value[key], [...path, key]);
    }
    return;
  }
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    const limit = longest(inner);
    if (value.length > limit) yield { path, value, cause: limit };
    else for (const [index, entry] of value.entries()) yield* flawsOf(inner.element, entry, [...path, index]);
    if (value.length < shortest(inner)) {
      for (const flaw of told(inner, value, path)) if (flaw.path.length === path.length) yield flaw;
    }
    return;
  }
  yield* told(schema, value, path);
}

function* told(schema: z.core.$ZodType, value: unknown, path: readonly PropertyKey[]): Generator<Flaw> {
  const parsed = z.safeParse(schema, value);
  for (const issue of parsed.error?.issues ?? []) {
    yield { path: [...path, ...issue.path], value: valueAt(value, issue.path), cause: issue };
  }
}

/** The schema of what is there if it is there, and whether it may be left out. */
function unwrapped(schema: z.core.$ZodType): [schema: z.core.$ZodType, isOptional: boolean] {
  let isOptional = false;
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodReadonly) {
    isOptional ||= !(inner instanceof z.ZodReadonly);
    inner = inner.unwrap();
  }
  return [inner, isOptional];
}

function shortest({ def }: z.ZodArray): number {
  const limits = (def.checks ?? []).flatMap(({ _zod: { def: check } }) =>
    check.check === 'min_length' ? [(check as z.core.$ZodCheckMinLengthDef).minimum] : [],
  );
  return Math.max(0, ...limits);
}

function longest({ def }: z.ZodArray): number {
  const limits = (def.checks ?? []).flatMap(({ _zod: { def: check } }) =>
    check.check === 'max_length' ? [(check as z.core.$ZodCheckMaxLengthDef).maximum] : [],
  );
  return Math.min(Number.POSITIVE_INFINITY, ...limits);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], root);
}
