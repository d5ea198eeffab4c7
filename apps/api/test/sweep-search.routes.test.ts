import type { Experiment } from '@spherelab/db';
import { describe, expect, test } from 'vitest';
import { endQueued } from '../../../test/end-queued.ts';
import { advanceSweeps } from '../src/background/advance-sweeps.ts';
import { type AppUnderTest, appForEachTest, catalogue } from './app-under-test.ts';

type Item = { readonly id: string; readonly config: Record<string, number> };
type Rung = {
  readonly steps: number;
  readonly configs: readonly { readonly state: string; readonly reason: string }[];
};

describe('sweeps that grow', () => {
  let api: AppUnderTest;

  appForEachTest((fresh) => {
    api = fresh;
  });

  const post = (url: string, payload: object = {}) => api.app.inject({ method: 'POST', url, payload });
  const get = (url: string) => api.app.inject({ url });
  const base = { dataset: 'shapes', loss: 'triplet' };
  const cellsOf = async (id: string): Promise<Item[]> =>
    (await get(`/sweeps/${id}/experiments?limit=200`)).json().items;
  const advance = () => {
    const known = { database: api.database, catalogue, numerics: 'a'.repeat(64), dataRoot: '/nonexistent' };
    return advanceSweeps(known, (id, error) => {
      throw new Error(`sweep ${id}`, { cause: error });
    });
  };

  /** Runs what is queued; R@1 grows with lr and steps; `fails` says whose run ends in failure. */
  const work = (most?: number, fails: (config: Experiment['config']) => boolean = () => false) =>
    endQueued(
      api.database,
      (config) => {
        const { lr, steps, seed } = config;
        return fails(config) ? null : { recall_at_1: Math.min(0.9, lr * 10 + steps / 10_000 + 0.001 * seed) };
      },
      most,
    );

  const lrs = { lr: { low: 1e-4, high: 1e-2, scale: 'log' } };

  test('random draws values for each combination of the grid, the same ones every time', async () => {
    const random = { base, strategy: 'random', space: lrs, samples: 5, grid: { seed: [0, 1] } };
    const { id, total } = (await post('/sweeps', random)).json();
    expect(total).toBe(10);
    const drawn = (await cellsOf(id)).map(({ config }) => config.lr as number);
    expect(new Set(drawn).size).toBe(5);
    expect(drawn.every((lr) => lr >= 1e-4 && lr <= 1e-2)).toBe(true);
    // Posted again, all of it is there; with more draws, the first stay.
    expect((await post('/sweeps', random)).json().counts).toEqual({ queued: 10 });
    const extended = (await post(`/sweeps/${id}/extend`, { samples: 7 })).json();
    expect(extended).toMatchObject({ added: 4, total: 14, request: { samples: 7 } });
    expect((await cellsOf(id)).slice(0, 10).map(({ config }) => config.lr)).toEqual(drawn);
  });

  test('successive halving runs few of all steps, says why each setting stopped, and ends by itself', async () => {
    const asha = {
      base: { ...base, steps: 90 },
      strategy: 'asha',
      space: lrs,
      samples: 9,
      grid: { seed: [0, 1] },
      halving: { first_steps: 10, factor: 3 },
    };
    const { id, total, grows } = (await post('/sweeps', asha)).json();
    expect({ total, grows }).toEqual({ total: 18, grows: true });
    for (let round = 0; round < 60 && (await get(`/sweeps/${id}`)).json().grows; round += 1) {
      await work(2);
      await Promise.all([advance(), advance()]);
    }
    expect((await get(`/sweeps/${id}`)).json()).toMatchObject({
      grows: false,
      counts: { succeeded: 2 * (9 + 3 + 1) },
    });
    const rungs: Rung[] = (await get(`/sweeps/${id}/rungs`)).json().rungs;
    expect(rungs.map(({ steps, configs }) => [steps, configs.length])).toEqual([
      [10, 9],
      [30, 3],
      [90, 1],
    ]);
    expect(rungs[0]?.configs.filter(({ state }) => state === 'stopped')).toHaveLength(6);
    const cells = await cellsOf(id);
    const best = Math.max(...cells.map(({ config }) => config.lr as number));
    expect(cells.filter(({ config }) => config.steps === 90).map(({ config }) => config.lr)).toEqual([best, best]);
    // What chose is no result of the paper's protocol.
    expect(new Set(cells.map(({ config }) => config.protocol))).toEqual(new Set(['validation']));
    const table = (await get(`/sweeps/${id}/table`)).json();
    expect(table.fields).toEqual(['lr', 'steps']);
    expect(table.rows).toHaveLength(13);
  });

  test('a grid takes more seeds and values; what ran is not run again', async () => {
    const { id } = (await post('/sweeps', { base, grid: { sec_wei: [0, 0.5] } })).json();
    await work();
    const more = (await post(`/sweeps/${id}/extend`, { grid: { seed: [1, 2], sec_wei: [0.5, 1] } })).json();
    expect(more).toMatchObject({ added: 7, total: 9, counts: { succeeded: 2, queued: 7 } });
    expect(more.request.grid).toEqual({ sec_wei: [0, 0.5, 1], seed: [0, 1, 2] });
    expect((await post(`/sweeps/${id}/extend`, { grid: { seed: [1] } })).json()).toMatchObject({ added: 0, total: 9 });
    const wrong = await post(`/sweeps/${id}/extend`, { grid: { lr: [-1] } });
    expect(wrong.statusCode).toBe(400);
    await post(`/sweeps/${id}/cancel`);
    expect((await post(`/sweeps/${id}/extend`, { grid: { seed: [7] } })).statusCode).toBe(409);
  });

  test('a sweep is paused, resumed, and its failed cells alone are retried', async () => {
    const { id } = (await post('/sweeps', { base, grid: { seed: [0, 1, 2, 3] } })).json();
    await work(2, ({ seed }) => seed === 1);
    expect((await post(`/sweeps/${id}/pause`)).json()).toMatchObject({ changed: 2, counts: { paused: 2, failed: 1 } });
    expect((await post(`/sweeps/${id}/resume`)).json()).toMatchObject({ changed: 2, counts: { queued: 2, failed: 1 } });
    expect((await post(`/sweeps/${id}/retry`)).json()).toMatchObject({
      changed: 1,
      counts: { queued: 3, succeeded: 1 },
    });
  });

  test('a client asks for cells of its own and is told how they ended', async () => {
    const { id, total } = (await post('/sweeps', { base, strategy: 'ask' })).json();
    expect(total).toBe(0);
    const asked = (await post(`/sweeps/${id}/ask`, { cells: [{ lr: 0.01 }, { lr: 0.02 }] })).json().items;
    const ids: string[] = asked.map((item: { experiment_id: string }) => item.experiment_id);
    expect((await get(`/sweeps/${id}/tell?ids=${ids}`)).json().items).toEqual([]);
    const waiting = get(`/sweeps/${id}/tell?ids=${ids}&wait=20`);
    await work(1);
    expect((await waiting).json().items).toMatchObject([
      { experiment_id: ids[0], status: 'succeeded', metrics: { recall_at_1: expect.closeTo(0.1, 0) } },
    ]);
    expect((await post(`/sweeps/${id}/ask`, { cells: [{ lr: 0.03 }] })).statusCode).toBe(200);
    expect((await get(`/sweeps/${id}`)).json()).toMatchObject({ total: 3, grows: true });
    // Asked for again, a cell is what it was.
    const again = (await post(`/sweeps/${id}/ask`, { cells: [{ lr: 0.01 }, { lr: 0.01 }] })).json().items;
    expect(again).toEqual([asked[0], asked[0]]);
    expect((await get(`/sweeps/${id}/tell?ids=${ids[0]}`)).json().items).toHaveLength(1);
    expect((await get(`/sweeps/${id}/table`)).json().fields).toEqual(['lr']);
    expect((await post(`/sweeps/${id}/ask`, { cells: [{ lr: -1 }] })).statusCode).toBe(400);
    expect((await get(`/sweeps/${id}/tell?ids=x`)).statusCode).toBe(400);
    await post(`/sweeps/${id}/cancel`);
    expect((await post(`/sweeps/${id}/ask`, { cells: [{ lr: 0.04 }] })).statusCode).toBe(409);
  });

  test.each([
    [{ base, strategy: 'random' }, 'space'],
    [{ base, strategy: 'random', space: lrs }, 'samples'],
    [{ base, grid: { seed: [0] }, samples: 3 }, 'samples'],
    [{ base: { ...base, lr: 1 }, strategy: 'random', space: lrs, samples: 3 }, 'space.lr'],
    [{ base, strategy: 'asha', space: lrs, samples: 3, halving: { first_steps: 10 } }, 'base.steps'],
    [
      { base: { ...base, steps: 9 }, strategy: 'asha', space: lrs, samples: 3, halving: { first_steps: 10 } },
      'halving.first_steps',
    ],
    [
      {
        base: { ...base, steps: 90, protocol: 'paper' },
        strategy: 'asha',
        space: lrs,
        samples: 3,
        halving: { first_steps: 10 },
      },
      'base.protocol',
    ],
    [{ base, strategy: 'random', space: { lr: { low: 2, high: 1 } }, samples: 3 }, 'space.lr.high'],
    [{ base, strategy: 'tpe' }, 'strategy'],
  ])('a search that cannot be is refused', async (asked, field) => {
    const refused = await post('/sweeps', asked);
    expect(refused.statusCode).toBe(400);
    expect(refused.json().errors.map((error: { field: string }) => error.field)).toContain(field);
    expect((await get('/sweeps')).json().items).toEqual([]);
  });
});
