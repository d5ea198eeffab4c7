import { z } from 'zod';

/** A page of a list. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

/** Query parameters that page through a list. */
export const pageQuery = {
  cursor: z.string().max(2_000).optional().describe('next_cursor of the page before'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
};
