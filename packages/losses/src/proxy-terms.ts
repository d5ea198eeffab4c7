import { tf } from '@spherelab/tensorflow';
import type { LossInput } from './metric-loss-function.ts';
import { normaliseRows } from './row-norms.ts';
import type { Tensor2D } from './tensor-types.ts';

/** What a loss with a learned vector for each training class is computed from. */
export type ProxyTerms = {
  /** [batch, training classes], cosines of rows and proxies. */
  readonly cosines: Tensor2D;
  /** [batch, training classes] bool, true at the row's own class. */
  readonly own: Tensor2D;
};

/**
 * Rows against normalised proxies. A product and a mask, no gather, so that the gradients are sums in an order that does
 * not change. Throws TypeError where the caller gives no proxies or no labels; a zero proxy is NaN, as a zero row.
 */
export function proxyTerms({ unit, layout, proxies }: LossInput): ProxyTerms {
  if (proxies === null || layout.labels === undefined) throw new TypeError('this loss needs proxies and labels');
  const cosines = tf.matMul<Tensor2D>(unit, normaliseRows(proxies), false, true);
  return { cosines, own: tf.cast(tf.oneHot(layout.labels, proxies.shape[0]), 'bool') as Tensor2D };
}
