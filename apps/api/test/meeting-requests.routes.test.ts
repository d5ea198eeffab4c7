import { describe, expect, test } from 'vitest';
import { openTurnstile } from '../src/requests/turnstile.ts';
import { type AppUnderTest, appForEachTest } from './app-under-test.ts';

describe('requests that meet', () => {
  let api: AppUnderTest;

  appForEachTest((fresh) => {
    api = fresh;
  });

  const post = (url: string, payload: object = {}) => api.app.inject({ method: 'POST', url, payload });
  const single = { dataset: 'shapes', loss: 'triplet' };

  test('fifty overlapping sweeps are all taken', async () => {
    const seeds = Array.from({ length: 50 }, (_, seed) => seed);
    const sweeps = Array.from({ length: 50 }, (_, at) => {
      const order = [...seeds.slice(at), ...seeds.slice(0, at)];
      return { base: single, grid: { seed: at % 2 ? order : order.reverse(), lr: [0.001, 0.002] } };
    });
    const answers = await Promise.all(sweeps.map((sweep) => post('/sweeps', sweep)));
    expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([201]));
    expect((await api.app.inject({ url: '/experiments/facets' })).json().statuses).toEqual({ queued: 100 });
  });

  test('posts and deletions of one config meet without an error of ours', async () => {
    const codes = new Set<number>();
    for (let round = 0; round < 10; round += 1) {
      const { id } = (await post('/experiments', single)).json();
      const remove = () => api.app.inject({ method: 'DELETE', url: `/experiments/${id}` });
      const acts = [remove(), post('/experiments', single), remove(), post(`/experiments/${id}/pause`)];
      for (const answer of await Promise.all(acts)) codes.add(answer.statusCode);
    }
    expect([...codes].filter((code) => ![200, 201, 204, 404].includes(code))).toEqual([]);
  });

  test('a database without a free connection is told with when to ask again, not as an error of ours', async () => {
    const { pool } = api.database;
    const held = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
    // After those are open, which takes longer on a busy machine.
    pool.options.connectionTimeoutMillis = 100;
    try {
      const answer = await post('/experiments', single);
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    } finally {
      for (const client of held) client.release();
    }
  });

  test('who would wait too long at the turnstile is sent away, and those behind still get in', async () => {
    const turnstile = openTurnstile(1, 50);
    let finish = (): void => undefined;
    const long = turnstile(() => new Promise<string>((resolve) => (finish = () => resolve('long'))));
    await expect(turnstile(async () => 'late')).rejects.toMatchObject({ status: 503 });
    const next = turnstile(async () => 'next');
    finish();
    expect([await long, await next]).toEqual(['long', 'next']);
  });
});
