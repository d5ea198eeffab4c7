import { describe, expect, it } from 'vitest';
import { maxAbsDifference } from '../../../test/golden-reader.ts';
import { lossSettings } from '../../../test/loss-settings.ts';
import { naiveSec, norm, numericalGradient } from './naive-rows.ts';
import { objectiveOf } from './objective-of.ts';
import { randomBatch, rowsOf } from './random-batch.ts';

describe('the spherical constraint', () => {
  it('treats the running mean as a constant: its gradient is that of (norm - record)^2 with the record fixed', () => {
    const batch = randomBatch({ classes: 4, instances: 3, dim: 5 }, 3);
    const rows = rowsOf(batch);
    const normMean = rows.reduce((sum, row) => sum + norm(row), 0) / rows.length;
    const record = 0.7 * 2.5 + 0.3 * normMean;
    const weighted = objectiveOf(batch, { loss: lossSettings.ms, secWei: 2, record: 2.5, momentum: 0.3 });
    const plain = objectiveOf(batch, { loss: lossSettings.ms, record: 2.5, momentum: 0.3 });
    expect(weighted.scalars.record_norm_mean).toBeCloseTo(record, 5);
    expect(weighted.scalars.loss_sec).toBeCloseTo(naiveSec(rows, record), 4);
    const expected = numericalGradient(rows, (moved) => 2 * naiveSec(moved, record));
    const actual = weighted.grad.map((value, i) => value - (plain.grad[i] as number));
    expect(maxAbsDifference(actual, expected)).toBeLessThanOrEqual(1e-4 * Math.max(...expected.map(Math.abs)));
  });

  it('moves and is measured also where its weight is 0', () => {
    const batch = randomBatch({ classes: 4, instances: 3, dim: 5 }, 4);
    const { scalars } = objectiveOf(batch, { loss: lossSettings.triplet, record: 1, momentum: 0.5 });
    expect(scalars.record_norm_mean).toBeCloseTo(0.5 + 0.5 * scalars.norm_mean, 5);
    expect(scalars.loss_sec).toBeGreaterThan(0);
    expect(scalars.loss_total).toBe(scalars.loss_metric);
  });

  it('takes the batch mean exactly, whatever the record was, where momentum is fed as 1', () => {
    const batch = randomBatch({ classes: 4, instances: 3, dim: 5 }, 5);
    const { scalars } = objectiveOf(batch, { loss: lossSettings.triplet, record: 1e6, momentum: 1 });
    expect(scalars.record_norm_mean).toBe(scalars.norm_mean);
    expect(scalars.loss_sec).toBe(scalars.norm_var);
  });
});
