import { describe, expect, it } from 'vitest';
import { equalsNaiveLoops, type NaiveLoss } from './equals-naive-loops.ts';
import { dot, mean, sum } from './naive-rows.ts';
import { metricLossOf } from './objective-of.ts';

const arcface: NaiveLoss<'arcface'> = (rows, { margin, scale }, proxies) => {
  const m = (margin / 180) * Math.PI;
  return mean(
    rows.map(({ x, label }) => {
      const logits = proxies.map((proxy, c) => {
        const angle = Math.acos(Math.max(-1, Math.min(1, dot(x, proxy))));
        if (c !== label) return scale * Math.cos(angle);
        return scale * (angle <= Math.PI - m ? Math.cos(angle + m) : Math.cos(angle) - m * Math.sin(m));
      });
      const largest = Math.max(...logits);
      const all = largest + Math.log(sum(logits.map((logit) => Math.exp(logit - largest))));
      return all - (logits[label] as number);
    }),
  );
};

equalsNaiveLoops('arcface', arcface, [
  { margin: 10, scale: 8 },
  { margin: 80, scale: 3 },
]);

describe('arcface where a row lies on its own proxy, or opposite to it', () => {
  it.each([
    ['on it', 1],
    ['opposite', -1],
  ])('%s: has a finite loss, and no gradient is NaN or infinite', (_, sign) => {
    const proxies = Float32Array.from([3, 0, 0, 0, 2, 0, 0, 0, 1]);
    const features = proxies.map((value) => 2 * sign * value);
    const batch = { features, dim: 3, labels: Int32Array.from([0, 1, 2]), instances: 2, proxies };
    const { scalars, grad, gradProxies } = metricLossOf(batch, { name: 'arcface', margin: 28.6, scale: 4 });
    expect(Number.isFinite(scalars.loss_metric)).toBe(true);
    expect(grad.every(Number.isFinite)).toBe(true);
    expect(gradProxies?.every(Number.isFinite)).toBe(true);
  });
});
