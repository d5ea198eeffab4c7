import { z } from 'zod';
import { hyperParameterFields } from './experiment-schema.ts';

/** All that a field of an experiment can be, where that is a list of words; undefined for others. */
export function allowedValues(field: string): readonly string[] | undefined {
  const schema = (hyperParameterFields as Readonly<Record<string, z.ZodType>>)[field];
  return schema instanceof z.ZodEnum ? (schema.options as string[]) : undefined;
}
