import { z } from 'zod';

/** `Summary` of statistics. */
export const summarySchema = z.object({
  n: z.int(),
  mean: z.number(),
  sd: z.number().nullable(),
  ci95: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe(
      'of the mean, by Student t, within the range of the metric; null for fewer than 2 seeds and for equal values',
    ),
});

/** `PairedDifference` of statistics. */
export const differenceSchema = summarySchema.extend({
  verdict: z
    .enum(['higher', 'lower', 'within noise', 'one pair'])
    .describe('on which side of 0 the interval of the difference lies'),
});

/** A `PairedDifference` with its sentence. */
export const toldDifferenceSchema = differenceSchema.extend({
  text: z.string().describe('the difference in words, as "+1.8 points [0.3, 3.3], 6 pairs"'),
});
