import { timingMetrics } from '@spherelab/config';
import type { MetricPoint } from './training-events.ts';
import type { Distance } from './verification.ts';

/** Compares states bit by bit; both have the same keys (checkState). */
export function compareStates(
  stored: ReadonlyMap<string, Float32Array>,
  again: ReadonlyMap<string, Float32Array>,
): Distance {
  let compared = 0;
  let differing = 0;
  let largest = 0;
  let first: string | null = null;
  for (const [key, values] of stored) {
    const others = again.get(key) ?? new Float32Array(values.length).fill(Number.NaN);
    const [bits, otherBits] = [bitsOf(values), bitsOf(others)];
    compared += values.length;
    for (let i = 0; i < values.length; i += 1) {
      if (bits[i] === otherBits[i]) continue;
      differing += 1;
      largest = Math.max(largest, Math.abs((values[i] as number) - (others[i] as number)));
      first ??= `${key}[${i}]: stored ${values[i]}, now ${others[i]}`;
    }
  }
  return { compared, differing, largest, first };
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** Compares the points of a stretch with those that are stored. What the clock decides is left out. */
export function compareMetrics(stored: ReadonlyMap<string, number>, again: readonly MetricPoint[]): Distance {
  let differing = 0;
  let largest = 0;
  let first: string | null = null;
  const points = again.filter(({ name }) => !timingMetrics.has(name));
  for (const { name, step, value } of points) {
    const before = stored.get(pointKey(name, step));
    if (Object.is(before, value)) continue;
    differing += 1;
    largest = Math.max(largest, Math.abs((before ?? Number.NaN) - value) || 0);
    first ??= `${name} at step ${step}: stored ${before ?? 'nothing'}, now ${value}`;
  }
  return { compared: points.length, differing, largest, first };
}

export function pointKey(name: string, step: number): string {
  return `${name}@${step}`;
}
