/** Requests that one key, or one address without a key, may send: so many at once, and so many a second after that. */
export type TokenBuckets = {
  /** @returns 0 if it may go on, else seconds until it may */
  take(holder: string): number;
};

/** Holders that are remembered; full buckets are as good as none. */
const mostHolders = 10_000;

export function tokenBuckets(
  atOnce: number,
  perSecond: number,
  now: () => number = () => performance.now(),
): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take: (holder) => {
      const at = now();
      const before = buckets.get(holder) ?? { tokens: atOnce, at };
      const tokens = Math.min(atOnce, before.tokens + ((at - before.at) / 1_000) * perSecond);
      buckets.delete(holder);
      if (buckets.size >= mostHolders) buckets.delete(buckets.keys().next().value as string);
      buckets.set(holder, { tokens: tokens < 1 ? tokens : tokens - 1, at });
      return tokens < 1 ? Math.ceil((1 - tokens) / perSecond) : 0;
    },
  };
}
