import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ConfigIssue } from './config-error.ts';
import { hyperParameterFields } from './experiment-schema.ts';

/** Numbers between two bounds, drawn uniformly or, with `log`, so that each factor is as likely as another. */
const rangeSchema = z.strictObject({
  low: z.number().describe('smallest value'),
  high: z.number().describe('largest value'),
  scale: z.enum(['linear', 'log']).default('linear').describe('log: each factor is as likely as another'),
});

/** A metric that may decide: a rate, of which more is better. */
export const decidingMetric = z
  .string()
  .regex(
    /^(recall_at_[1-9]\d*|nmi|ami|f1|map_at_r|r_precision)$/,
    'must be recall_at_K, nmi, ami, f1, map_at_r or r_precision',
  );

/** The most values that one field of a space may list. */
const mostChoices = 100;

/** For each field to search: a range, or a list of which each value is as likely as another. */
export const searchSpaceSchema = z.partialRecord(
  z.enum(Object.keys(hyperParameterFields) as [keyof typeof hyperParameterFields]),
  z.union([rangeSchema, z.array(z.unknown()).min(1).max(mostChoices)]),
);
export type SearchSpace = z.infer<typeof searchSpaceSchema>;

/** Values for some fields, of which an experiment is made together with others. */
export type Settings = Readonly<Record<string, unknown>>;

/** What is wrong with a space; its values are judged by the field's own bounds. @param at name of the space in the request */
export function checkSearchSpace(space: SearchSpace, at: string): ConfigIssue[] {
  return Object.entries(space).flatMap(([field, choice]) => checkChoice(field, choice, `${at}.${field}`));
}

function checkChoice(field: string, choice: SearchSpace[keyof SearchSpace], at: string): ConfigIssue[] {
  const schema = hyperParameterFields[field as keyof typeof hyperParameterFields];
  if (choice === undefined) return [];
  const values = Array.isArray(choice) ? choice : [choice.low, choice.high];
  const issues = values.flatMap((value) =>
    (schema.safeParse(value).error?.issues ?? []).map(({ message }) => ({ field: at, value, reason: message })),
  );
  if (issues.length > 0 || Array.isArray(choice)) return issues;
  const { low, high, scale } = choice;
  if (low >= high) return [{ field: `${at}.high`, value: high, reason: `must be greater than low (${low})` }];
  if (scale === 'log' && low <= 0) {
    return [{ field: `${at}.low`, value: low, reason: 'must be greater than 0 where the scale is log' }];
  }
  return [];
}

/**
 * Values for each field of a space. A draw is a function of (seed, field, index) alone, so more of them leave the first as they
 * are, and spaces that share a field draw the same values for it.
 */
export function drawSettings(space: SearchSpace, seed: number, index: number): Settings {
  return Object.fromEntries(
    Object.entries(space).flatMap(([field, choice]) =>
      choice === undefined ? [] : [[field, drawValue(field, choice, uniformDraw(seed, field, index))] as const],
    ),
  );
}

/**
 * As many settings, spread as evenly as they can be over each field (a Latin hypercube): a list as long as the count is drawn through,
 * and each of `count` equal parts of a range has one. Spaces that share a field draw the same values for it, in the same order.
 */
export function spreadSettings(space: SearchSpace, seed: number, count: number): Settings[] {
  const columns = Object.entries(space).flatMap(([field, choice]) => {
    if (choice === undefined) return [];
    const parts = shuffledParts(seed, field, count);
    return [
      [
        field,
        parts.map((part, index) => drawValue(field, choice, (part + uniformDraw(seed, field, index)) / count)),
      ] as const,
    ];
  });
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(columns.map(([field, values]) => [field, values[index]])),
  );
}

/** 0 to count - 1 in an order of (seed, field). */
function shuffledParts(seed: number, field: string, count: number): number[] {
  const keyed = Array.from({ length: count }, (_, part) => ({
    part,
    key: uniformDraw(seed, `order of ${field}`, part),
  }));
  return keyed.sort((a, b) => a.key - b.key).map(({ part }) => part);
}

function drawValue(field: string, choice: NonNullable<SearchSpace[keyof SearchSpace]>, uniform: number): unknown {
  if (Array.isArray(choice)) return choice[Math.floor(uniform * choice.length)];
  const { low, high, scale } = choice;
  if (isWholeNumber(field)) {
    const drawn = scale === 'log' ? low * ((high + 1) / low) ** uniform : low + (high + 1 - low) * uniform;
    return Math.min(high, Math.floor(drawn));
  }
  const drawn = scale === 'log' ? low * (high / low) ** uniform : low + (high - low) * uniform;
  // Four digits say what was drawn, and are read and typed again.
  return Math.min(high, Math.max(low, Number(drawn.toPrecision(4))));
}

function isWholeNumber(field: string): boolean {
  const schema = hyperParameterFields[field as keyof typeof hyperParameterFields];
  return schema instanceof z.ZodNumber && schema.isInt;
}

/** A number in [0, 1) with 53 random bits, of SHA-256. */
function uniformDraw(seed: number, field: string, index: number): number {
  const bytes = createHash('sha256').update(`search ${seed} ${field} ${index}`).digest();
  return Number(bytes.readBigUInt64LE() >> 11n) / 2 ** 53;
}
