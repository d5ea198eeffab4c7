import { concreteSchema, type FieldSchema } from './field-schema.ts';

/** A value as a person types it. */
export function fieldText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The value of what was typed: a number, a list, or the text itself where it is none, so that the API says what is wrong
 * with it. Empty text of a list is an empty list; of anything else no value.
 */
export function parseField(schema: FieldSchema, text: string): unknown {
  const { type, items } = concreteSchema(schema);
  const trimmed = text.trim();
  if (type === 'array') {
    const parts = trimmed
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    return items?.type === 'string' ? parts : parts.map(numberOrText);
  }
  if (trimmed === '') return undefined;
  if (type === 'number' || type === 'integer') return numberOrText(trimmed);
  if (type === 'boolean') return trimmed === 'true';
  return trimmed;
}

function numberOrText(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}
