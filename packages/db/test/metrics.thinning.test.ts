import { claimExperiment, type Database, metricsAfter, openDatabase, readMetrics, writeMetrics } from '@spherelab/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeExperiment } from '../../../test/experiment-fixture.ts';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';

describe('reading metrics', () => {
  let server: PostgresServer;
  let database: Database;
  let id: string;
  const values = Array.from(
    { length: 10_000 },
    (_, step) => Math.sin(step / 50) + (step === 1_234 ? 100 : step === 7_777 ? -100 : 0),
  );

  beforeAll(async () => {
    server = await startPostgresServer();
    database = openDatabase(await server.createDatabase());
    ({ id } = await storeExperiment(database));
    await claimExperiment(database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
    const fence = { experimentId: id, attempt: 1 };
    await writeMetrics(
      database.pool,
      fence,
      values.map((value, step) => ({ name: 'train_loss', step, value })),
    );
    await writeMetrics(database.pool, fence, [{ name: 'lr', step: 3, value: 0.1 }]);
  });
  afterAll(async () => {
    await database.close();
    await server.stop();
  });

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
