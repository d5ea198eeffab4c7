/** What holds the embedding norms, by the names of the published table. */
export const regularisers = ['none', 'l2reg', 'sec'] as const;
export type Regulariser = (typeof regularisers)[number];

/**
 * The regulariser that weights stand for. A request with both has no cell in the published table; it takes the preset of
 * SEC, which differs from that of L2-reg nowhere.
 */
export function regulariserOf(weights: {
  readonly sec_wei?: number | undefined;
  readonly l2reg_wei?: number | undefined;
}): Regulariser {
  if ((weights.sec_wei ?? 0) > 0) return 'sec';
  return (weights.l2reg_wei ?? 0) > 0 ? 'l2reg' : 'none';
}
