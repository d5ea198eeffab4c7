import { setTimeout as delay } from 'node:timers/promises';
import { claimExperiment, recordProgress, writeLogLine, writeMetrics } from '@spherelab/db';
import { describe, expect, test, vi } from 'vitest';
import { storeExperiment } from '../../../test/experiment-fixture.ts';
import { openNews } from '../src/streams/news.ts';
import { type AppUnderTest, appForEachTest } from './app-under-test.ts';

describe('news of followed experiments', () => {
  let api: AppUnderTest;

  appForEachTest((fresh) => {
    api = fresh;
  });

  test('wakes who follows for each kind of change and for no other, and leaves nothing running', async () => {
    const { database } = api;
    const { id } = await storeExperiment(database);
    const other = await storeExperiment(database, { seed: 1 });
    await claimExperiment(database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
    const fence = { experimentId: id, attempt: 1 };
    const follower = openNews(database, 10).follow(id);
    const never = new AbortController();
    /** Whether there is news within a second. */
    const isNews = async () => {
      const begun = performance.now();
      await follower.changed(1_000, never.signal);
      return performance.now() - begun < 900;
    };
    expect(await isNews()).toBe(true);
    expect(await isNews()).toBe(false);
    for (const change of [
      () => writeMetrics(database.pool, fence, [{ name: 'lr', step: 0, value: 1 }]),
      () => writeMetrics(database.pool, fence, [{ name: 'lr', step: 0, value: 2 }]),
      () => writeLogLine(database.pool, fence, 'info', 'a line'),
      () => recordProgress(database.pool, fence, { step: 1, totalUpdates: 2, phase: 'training' }),
      () => database.pool.query('DELETE FROM experiment WHERE id = $1', [id]),
    ]) {
      const waiting = isNews();
      await change();
      expect(await waiting, change.toString()).toBe(true);
    }
    const waiting = isNews();
    await database.pool.query('UPDATE experiment SET updated_at = now() WHERE id = $1', [other.id]);
    expect(await waiting).toBe(false);
    follower.leave();
    await delay(50);
    const queries = vi.spyOn(database.pool, 'query');
    await delay(100);
    expect(queries).not.toHaveBeenCalled();
    queries.mockRestore();
  });

  test('asks the database once for however many follow, and tells them when it is away', async () => {
    const { database } = api;
    const stored = await Promise.all(
      Array.from({ length: 5 }, (_, seed) => storeExperiment(database, { seed, eval_every: 10 })),
    );
    const news = openNews(database, 50);
    const followers = Array.from({ length: 100 }, (_, at) => news.follow(stored[at % 5]?.id as string));
    const never = new AbortController();
    await Promise.all(followers.map((follower) => follower.changed(5_000, never.signal)));
    const queries = vi.spyOn(database.pool, 'query');
    await delay(520);
    expect(queries.mock.calls.length).toBeGreaterThan(3);
    expect(queries.mock.calls.length).toBeLessThan(15);
    queries.mockImplementation(() => Promise.reject(new Error('the database is away')) as never);
    const broken = await Promise.allSettled(followers.map((follower) => follower.changed(5_000, never.signal)));
    expect(new Set(broken.map(({ status }) => status))).toEqual(new Set(['rejected']));
    queries.mockRestore();
    for (const follower of followers) follower.leave();
  });
});
