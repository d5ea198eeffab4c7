import type { LossName } from '@spherelab/catalogue';
import { tf } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { deviation, maxAbsDifference } from '../../../test/golden-reader.ts';
import { lossSettings } from '../../../test/loss-settings.ts';
import { batchLayout, layoutTensors, metricLoss, rowNorms } from '../src/index.ts';
import { type Batch, metricLossOf, objectiveOf } from './objective-of.ts';
import { permuted, randomBatch, testRandom } from './random-batch.ts';

const names = Object.keys(lossSettings) as LossName[];

function lossOf(batch: Batch, name: LossName): number {
  return metricLossOf(batch, lossSettings[name]).scalars.loss_metric;
}

/** The largest entry of a gradient, at least 1. */
function sizeOf(gradient: ArrayLike<number>): number {
  return Array.from(gradient).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
}

describe.each(names)('%s', (name) => {
  const loss = lossSettings[name];
  const batch = randomBatch({ classes: 4, instances: 3, dim: 6 }, 11);

  it('does not change when whole classes change places, and the gradient moves with the rows', () => {
    // Rows of a class keep their order: n-pair takes the first two.
    const order = [3, 1, 0, 2, 7, 5, 4, 6, 11, 9, 8, 10];
    const here = metricLossOf(batch, loss);
    const there = metricLossOf(permuted(batch, order), loss);
    expect(deviation(there.scalars.loss_metric, here.scalars.loss_metric, { relative: 1e-6 })).toBeNull();
    const back = order.flatMap((row) => [...here.grad.subarray(row * batch.dim, (row + 1) * batch.dim)]);
    expect(maxAbsDifference(there.grad, back)).toBeLessThan(1e-6 * sizeOf(back));
  });

  it('does not change when rows are rescaled, and the gradient shrinks by the scale', () => {
    const random = testRandom(5);
    const scales = Array.from(batch.labels, () => 0.5 + 3 * random());
    const scaled = batch.features.map((value, at) => value * (scales[Math.floor(at / batch.dim)] as number));
    const here = metricLossOf(batch, loss);
    const there = metricLossOf({ ...batch, features: scaled }, loss);
    expect(deviation(there.scalars.loss_metric, here.scalars.loss_metric, { relative: 1e-5 })).toBeNull();
    const undone = there.grad.map((value, at) => value * (scales[Math.floor(at / batch.dim)] as number));
    expect(maxAbsDifference(undone, here.grad)).toBeLessThan(1e-5 * sizeOf(here.grad));
  });

  it('has a gradient at right angles to every embedding', () => {
    const { grad } = metricLossOf(batch, loss);
    for (let row = 0; row < batch.labels.length; row += 1) {
      const at = Array.from({ length: batch.dim }, (_, k) => row * batch.dim + k);
      const radial = at.reduce((sum, k) => sum + (grad[k] as number) * (batch.features[k] as number), 0);
      expect(Math.abs(radial)).toBeLessThan(1e-5 * sizeOf(grad));
    }
  });

  it('gives zero spherical constraint where all norms are equal', () => {
    const norms = tf.tidy(() => rowNorms(tf.tensor2d(batch.features, [12, 6])).dataSync());
    const equal = batch.features.map((value, at) => (4 * value) / (norms[Math.floor(at / batch.dim)] as number));
    const { scalars } = objectiveOf({ ...batch, features: equal }, { loss, secWei: 1 });
    expect(scalars.norm_mean).toBeCloseTo(4, 5);
    expect(scalars.loss_sec).toBeLessThan(1e-10);
    expect(scalars.norm_var).toBeLessThan(1e-10);
  });

  it('leaks no tensor', () => {
    const before = tf.memory().numTensors;
    objectiveOf(batch, { loss, secWei: 1, l2regWei: 0.1 });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has one shape of graph inputs for every batch of the same class sizes', () => {
    const shapesOf = (labels: number[]): number[][] =>
      tf.tidy(() => Object.values(layoutTensors(batchLayout(Int32Array.from(labels), name, 2))).map((t) => t.shape));
    expect(shapesOf([5, 5, -3, -3, 9, 9])).toEqual(shapesOf([1, 2, 3, 3, 2, 1]));
  });
});

describe('ties and identical rows', () => {
  it('semihtriplet gives the gradient of a tied negative to one row only', () => {
    // Rows 2 and 3 are the same negative for both anchors.
    const features = Float32Array.from([1, 0.2, 1, -0.3, 0.2, 1, 0.2, 1]);
    const batch = { features, dim: 2, labels: Int32Array.from([0, 0, 1, 2]), instances: 2 };
    const { grad } = metricLossOf(batch, { name: 'semihtriplet', margin: 2 });
    const moved = [2, 3].filter((row) => grad[2 * row] !== 0 || grad[2 * row + 1] !== 0);
    expect(moved).toHaveLength(1);
  });

  it('triplet passes half of the gradient where a hinge is exactly 0, as PyTorch does since 1.7', () => {
    // Unit vectors with exact inner products: d_ap = 2, d_an = 4 and margin 2 give a hinge of exactly 0 for two triplets.
    const features = Float32Array.from([1, 0, 0, 1, -1, 0, 0, -1]);
    const batch = { features, dim: 2, labels: Int32Array.from([0, 0, 1, 1]), instances: 2 };
    const at = (margin: number): Float32Array => metricLossOf(batch, { name: 'triplet', margin }).grad;
    const tied = at(2);
    const active = at(2.001);
    const inactive = at(1.999);
    const halfway = active.map((value, i) => (value + (inactive[i] as number)) / 2);
    expect(maxAbsDifference(tied, halfway)).toBeLessThan(1e-6);
    expect(maxAbsDifference(active, inactive)).toBeGreaterThan(0.01);
  });

  it('a batch of one repeated vector has finite losses and gradients', () => {
    const labels = Int32Array.from([0, 0, 1, 1, 2, 2]);
    const features = Float32Array.from({ length: 18 }, (_, at) => 1 + (at % 3));
    for (const name of names) {
      const { scalars, grad } = metricLossOf({ features, dim: 3, labels, instances: 2 }, lossSettings[name]);
      expect(Number.isFinite(scalars.loss_metric), name).toBe(true);
      expect(grad.every(Number.isFinite), name).toBe(true);
    }
  });

  it('n-npair ignores every row after the second of a class', () => {
    const batch = randomBatch({ classes: 3, instances: 4, dim: 5 }, 2);
    const changed = batch.features.slice();
    for (const row of [6, 7, 8, 9, 10, 11]) changed.fill(row, row * 5, row * 5 + 4);
    expect(lossOf({ ...batch, features: changed }, 'n-npair')).toBe(lossOf(batch, 'n-npair'));
  });
});

describe('a zero row', () => {
  it('becomes NaN in every loss that uses it, as in the reference, and gets no SEC gradient of its own', () => {
    const batch = randomBatch({ classes: 3, instances: 3, dim: 4 }, 8);
    batch.features.fill(0, 0, 4);
    for (const name of ['triplet', 'semihtriplet', 'n-npair'] as const) expect(lossOf(batch, name), name).toBeNaN();
    const slope = tf.tidy(() =>
      tf
        .grad((x) => rowNorms(x as ReturnType<typeof tf.tensor2d>).sum())(tf.tensor2d([0, 0, 3, 4], [2, 2]))
        .dataSync(),
    );
    expect([...slope]).toEqual([0, 0, expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)]);
  });
});

describe('multi-similarity without a contributing anchor', () => {
  it.each([
    ['one class only', [4, 4, 4, 4]],
    ['no positive pair', [1, 2, 3, 4]],
  ])('is 0 with zero averages and zero gradient: %s', (_, labels) => {
    const features = randomBatch({ classes: 2, instances: 2, dim: 4 }, 1).features;
    const batch = { features, dim: 4, labels: Int32Array.from(labels), instances: 2 };
    const { scalars, grad } = metricLossOf(batch, lossSettings.ms);
    expect(scalars).toEqual({ loss_metric: 0, avg_ap: 0, avg_an: 0 });
    expect(grad.every((value) => value === 0)).toBe(true);
  });
});

describe('quirks of the mined losses on odd batches', () => {
  it('semihtriplet without a positive pair is 0/0 = NaN', () => {
    const batch = { ...randomBatch({ classes: 4, instances: 1, dim: 4 }, 1) };
    expect(lossOf(batch, 'semihtriplet')).toBeNaN();
  });

  it('semihtriplet of one class takes the minimum of the row, about 0, as negative distance', () => {
    const batch = { ...randomBatch({ classes: 1, instances: 3, dim: 4 }, 1) };
    const margin = 0.2;
    const noMargin = lossOf(batch, 'semihtriplet') - margin;
    const { avg_ap: cosine } = metricLossOf(batch, lossSettings.semihtriplet).scalars;
    expect(noMargin).toBeCloseTo(2 - 2 * cosine, 5);
  });

  it('averages over no pair are NaN', () => {
    const one = { ...randomBatch({ classes: 1, instances: 3, dim: 4 }, 1) };
    expect(metricLossOf(one, lossSettings.semihtriplet).scalars.avg_an).toBeNaN();
  });
});

it('metricLoss can run in a tidy without a gradient', () => {
  const batch = randomBatch({ classes: 4, instances: 3, dim: 6 }, 11);
  const before = tf.memory().numTensors;
  const value = tf.tidy(() => {
    const layout = layoutTensors(batchLayout(batch.labels, 'ms', 3));
    return metricLoss(tf.tensor2d(batch.features, [12, 6]), layout, lossSettings.ms).loss.dataSync()[0];
  });
  expect(value).toBe(lossOf(batch, 'ms'));
  expect(tf.memory().numTensors).toBe(before);
});
