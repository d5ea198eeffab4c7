import { createHash } from 'node:crypto';
import { timingMetrics } from '@spherelab/config';
import type { MetricPoint } from './training-events.ts';

/** Of no points. */
export const emptyDigest = '0'.repeat(64);
const MODULUS = 1n << 256n;

/**
 * Adds points to a digest of metrics: the sum, modulo 2^256, of SHA-256 over each point's name, step and float64 value, hex. Their
 * order does not matter, so it can be worked out again from stored rows; what the clock decides is left out.
 */
export function withPoints(digest: string, points: Iterable<MetricPoint>): string {
  let sum = BigInt(`0x${digest}`);
  for (const { name, step, value } of points) {
    if (timingMetrics.has(name)) continue;
    const bits = Buffer.alloc(8);
    bits.writeDoubleLE(value);
    const hash = createHash('sha256').update(`${name} ${step} `).update(bits).digest('hex');
    sum += BigInt(`0x${hash}`);
  }
  return (sum % MODULUS).toString(16).padStart(64, '0');
}
