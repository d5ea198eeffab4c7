import { z } from 'zod';

/** RFC 9457 problem details; `errors` names what is wrong field by field. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z
      .array(
        z.object({
          field: z.string(),
          value: z.unknown().optional(),
          reason: z.string(),
          allowed: z.string().optional(),
        }),
      )
      .optional(),
    request_id: z.string().optional(),
  })
  .meta({ id: 'Problem' });

/** Answers that any route of a resource may give beside its own. */
export const problems = { 400: problemSchema, 404: problemSchema, 409: problemSchema } as const;
