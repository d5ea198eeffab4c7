import {
  claimExperiment,
  type Database,
  type MetricPoint,
  metricsAfter,
  readMetrics,
  writeMetrics,
} from '@spherelab/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeExperiment, storeRunning } from '../../../test/experiment-fixture.ts';
import { startDatabase } from '../../../test/postgres-server.ts';

describe('reading metrics', () => {
  let database: Database;
  let release: () => Promise<void>;
  let id: string;
  const values = Array.from(
    { length: 10_000 },
    (_, step) => Math.sin(step / 50) + (step === 1_234 ? 100 : step === 7_777 ? -100 : 0),
  );

  beforeAll(async () => {
    [database, release] = await startDatabase();
    const fence = await storeRunning(database);
    id = fence.experimentId;
    await writeMetrics(
      database.pool,
      fence,
      values.map((value, step) => ({ name: 'train_loss', step, value })),
    );
    await writeMetrics(database.pool, fence, [{ name: 'lr', step: 3, value: 0.1 }]);
  });
  afterAll(() => release());

  test.each([2, 3, 4, 100, 999])(
    'thins a series to %i points and keeps its ends and, with room, its extremes',
    async (maxPoints) => {
      const points = await readMetrics(database.pool, id, { names: ['train_loss'], maxPoints });
      expect(points.length).toBeLessThanOrEqual(maxPoints);
      const steps = points.map((point) => point.step);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
      expect(steps[0]).toBe(0);
      expect(steps.at(-1)).toBe(9_999);
      if (maxPoints >= 4) expect(steps).toEqual(expect.arrayContaining([1_234, 7_777]));
      for (const point of points) expect(point.value).toBe(values[point.step]);
    },
  );

  test.each([
    ['at every third step', (index: number) => 7 + 3 * index],
    ['with a hole', (index: number) => (index < 600 ? index : index + 1)],
    ['whose steps only look regular', (index: number) => (index === 900 ? 901 : index === 901 ? 903 : 2 * index)],
    ['at steps that grow', (index: number) => index ** 2],
  ])('thins a series %s as a loop over its points would', async (name, stepOf) => {
    const random = (index: number) => Math.sin(index * index) * (1 + (index % 97));
    const value = (index: number) => (index === 333 ? Number.NaN : index % 50 < 20 ? 0 : random(index));
    const points = Array.from({ length: 1_000 }, (_, index) => ({ name, step: stepOf(index), value: value(index) }));
    const ordered = [...new Map(points.map((point) => [point.step, point])).values()].sort((a, b) => a.step - b.step);
    const other = await storeExperiment(database);
    await claimExperiment(database.pool, other.id, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
    await writeMetrics(database.pool, { experimentId: other.id, attempt: 1 }, ordered);
    for (const maxPoints of [4, 9, 100, 402]) {
      const thinned = await readMetrics(database.pool, other.id, { names: [name], maxPoints });
      expect(thinned).toEqual(thinnedByLoop(ordered, maxPoints));
    }
  });

  test('leaves a short series as it is, and cuts by name and step', async () => {
    expect(await readMetrics(database.pool, id, { names: ['lr'], maxPoints: 2 })).toEqual([
      { name: 'lr', step: 3, value: 0.1 },
    ]);
    expect(await readMetrics(database.pool, id, { names: ['train_loss'], maxPoints: 10_000 })).toHaveLength(10_000);
    const cut = await readMetrics(database.pool, id, { fromStep: 3, toStep: 5 });
    expect(cut.map((point) => `${point.name} ${point.step}`)).toEqual([
      'lr 3',
      'train_loss 3',
      'train_loss 4',
      'train_loss 5',
    ]);
  });

  test('goes on after a sequence number, in the order of writing', async () => {
    const first = await metricsAfter(database.pool, id, 0, 3);
    const next = await metricsAfter(database.pool, id, first.at(-1)?.seq ?? 0, 100_000);
    expect(first.map((point) => point.step)).toEqual([0, 1, 2]);
    expect(next).toHaveLength(9_998);
    expect(next.at(-1)).toMatchObject({ name: 'lr', step: 3 });
  });
});

/** First, last, and the lowest and highest of each span; of equal ones the earliest; NaN above all. */
function thinnedByLoop(points: readonly MetricPoint[], maxPoints: number): MetricPoint[] {
  const [first, last] = [points[0] as MetricPoint, points.at(-1) as MetricPoint];
  const spans = Math.floor((maxPoints - 2) / 2);
  const rank = (point: MetricPoint) => (Number.isNaN(point.value) ? Number.POSITIVE_INFINITY : point.value);
  const kept = new Set([first, last]);
  for (let span = 0; span < spans; span += 1) {
    const inside = points.filter(
      ({ step }) =>
        step > first.step &&
        step < last.step &&
        Math.floor(((step - first.step) * spans) / (last.step - first.step)) === span,
    );
    const [one] = inside;
    if (one === undefined) continue;
    kept.add(inside.reduce((low, point) => (rank(point) < rank(low) ? point : low), one));
    kept.add(inside.reduce((high, point) => (rank(point) > rank(high) ? point : high), one));
  }
  return [...kept].sort((a, b) => a.step - b.step);
}
