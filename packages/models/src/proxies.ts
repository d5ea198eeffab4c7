import type { TensorSpec } from './network.ts';

/** Where a state has the vectors that a loss learns. */
export const proxiesKey = 'loss.proxies';

/**
 * One trained vector for each training class, which a loss reads from the state; it starts as pytorch-metric-learning's
 * do (losses/proxy_anchor_loss.py: kaiming_normal_ with fan_out of [count, dim]), N(0, 2 / count).
 * Throws RangeError for fewer than one.
 */
export function proxySpecs(count: number, embeddingDim: number): TensorSpec[] {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`proxies must be a whole number from 1 on, not ${count}`);
  const init = { normal: Math.sqrt(2 / count) };
  return [{ name: proxiesKey, shape: [count, embeddingDim], role: 'parameter', group: 'proxies', init }];
}
