import { z } from 'zod';
import { experimentConfigSchema } from './experiment-schema.ts';

const schemas = z.toJSONSchema(experimentConfigSchema, { io: 'input' }).properties ?? {};

/** All that a field of an experiment can be, where that is a list of words; undefined for others. */
export function allowedValues(field: string): readonly unknown[] | undefined {
  const schema = Object.hasOwn(schemas, field) ? schemas[field] : undefined;
  return typeof schema === 'object' ? schema.enum : undefined;
}
