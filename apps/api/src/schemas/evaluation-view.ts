import { z } from 'zod';

/** How the norms of the test embeddings are spread: `counts` in bins of equal width from `low` to `high`. */
export const evaluationNormsSchema = z
  .object({
    step: z.int(),
    norms: z.object({
      low: z.number(),
      high: z.number(),
      counts: z.array(z.int()),
      mean: z.number(),
      sd: z.number(),
    }),
    has_detail: z
      .boolean()
      .describe('whether pictures, map and neighbours are kept: those of step 0 and the newest are'),
    has_embeddings: z.boolean().describe('whether embeddings.npy is kept: those of step 0 and the newest four are'),
  })
  .meta({ id: 'EvaluationNorms' });

const picture = z.int().describe('place in pictures');

/** What an evaluation shows beside its scores. */
export const evaluationDetailSchema = z
  .object({
    step: z.int(),
    pictures: z.array(z.object({ sha256: z.string(), path: z.string(), label: z.int() })),
    map: z.object({
      explained: z.array(z.number()).describe('shares of variance of the two principal components'),
      points: z.array(z.tuple([picture, z.number(), z.number()])).describe('[picture, x, y]; at most 1,000 images'),
    }),
    queries: z
      .array(
        z.object({
          picture,
          hardness: z.number().describe('best cosine of a wrong image minus best of a right one; above 0 is a failure'),
          neighbours: z.array(z.object({ picture, cosine: z.number(), right: z.boolean() })),
        }),
      )
      .describe('the 60 hardest queries, hardest first, then 60 spread over the rest'),
    queries_ranked: z.int().describe('queries among which the hardest were looked for'),
    queries_failed: z.int(),
  })
  .meta({ id: 'EvaluationDetail' });
