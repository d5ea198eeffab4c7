import { describe, expect, test } from 'vitest';
import { endQueued } from '../../../test/end-queued.ts';
import { advanceStudies } from '../src/background/advance-studies.ts';
import { type AppUnderTest, appForEachTest, catalogue } from './app-under-test.ts';

describe('studies over HTTP', () => {
  let api: AppUnderTest;

  appForEachTest((fresh) => {
    api = fresh;
  });

  const post = (url: string, payload: object = {}) => api.app.inject({ method: 'POST', url, payload });
  const get = (url: string) => api.app.inject({ url });
  const remove = (url: string) => api.app.inject({ method: 'DELETE', url });
  const question = {
    base: { dataset: 'shapes', loss: 'triplet' },
    arms: [{ name: 'plain' }, { name: 'sec', space: { sec_wei: [0.1, 0.5] } }],
    tune: { space: { lr: [0.001, 0.01] }, trials: 2, seeds: [1000] },
    budget: { pairs: 8 },
  };
  const advance = () => {
    const known = { database: api.database, catalogue, numerics: 'a'.repeat(64), dataRoot: '/nonexistent' };
    return advanceStudies(known, (id, error) => {
      throw new Error(`study ${id}`, { cause: error });
    });
  };

  /** Runs what is queued, one after another, with a result that SEC improves. */
  const work = (most?: number) =>
    endQueued(
      api.database,
      ({ sec_wei: sec, seed }) => ({ recall_at_1: 0.5 + 0.01 * (seed % 4) + 0.1 * sec, norm_cv: 0.1 }),
      most,
    );

  test('goes from the question to a decision by itself, and the same question is the same study', async () => {
    const answer = await post('/studies', question);
    expect(answer.statusCode).toBe(201);
    const { id, plan_sha256: hash, sweep_id: sweep } = answer.json();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect((await post('/studies', question)).statusCode).toBe(200);
    for (let round = 0; round < 40 && (await get(`/studies/${id}`)).json().status === 'open'; round += 1) {
      await Promise.all([advance(), advance()]); // two API processes
      await work(3);
    }
    const study = (await get(`/studies/${id}`)).json();
    expect(study).toMatchObject({ status: 'decided', plan_sha256: hash });
    expect(study.reason).toMatch(/sec is better than plain/);
    const [comparison] = study.state.comparisons;
    expect(comparison).toMatchObject({ verdict: 'helps', pairs: [{ seed: 0 }, { seed: 1 }, {}, {}, {}, {}] });
    expect(study.state.tuning).toMatchObject([{ chosen: 0 }, { trials: [{}, {}] }]);
    expect(study.state.runs).toMatchObject({ tune: 4, saved: 4 });
    const cells = (await get(`/sweeps/${sweep}/experiments?limit=100`)).json().items;
    expect(cells).toHaveLength(study.runs.length);
    expect(new Set(cells.map(({ config }: { config: { protocol: string } }) => config.protocol))).toEqual(
      new Set(['validation', 'paper']),
    );
    expect((await get('/studies')).json().items).toMatchObject([{ id, status: 'decided' }]);
    // The answer outlives its runs.
    for (const cell of cells) await remove(`/experiments/${cell.id}`);
    expect((await get(`/studies/${id}`)).json().state.comparisons).toEqual(study.state.comparisons);
    expect((await remove(`/studies/${id}`)).statusCode).toBe(204);
    expect((await get(`/studies/${id}`)).statusCode).toBe(404);
  });

  test('arms may be named and the search left out: both are written into the plan, which can be looked at with its cost', async () => {
    const short = { base: { dataset: 'shapes', loss: 'triplet' }, arms: ['plain', 'sec'], tune: { trials: 3 } };
    const answer = await post('/studies/resolve', short);
    expect(answer.statusCode).toBe(200);
    const { plan, runs_at_most: runs, seconds_at_most: seconds } = answer.json();
    // 2 arms x 3 trials x 1 seed, then 12 pairs.
    expect([runs, seconds]).toEqual([6 + 24, null]);
    const { config } = (await post('/experiments/resolve', short.base)).json();
    expect(plan.tune.space).toEqual({
      lr: { low: config.lr / 10, high: config.lr * 10, scale: 'log' },
      lr_p: { low: config.lr_p / 10, high: config.lr_p * 10, scale: 'log' },
    });
    expect(plan.arms).toMatchObject([
      { name: 'plain', base: { sec_wei: 0, l2reg_wei: 0 } },
      { name: 'sec', base: { l2reg_wei: 0 } },
    ]);
    expect(Object.keys(plan.arms[1].trials[0]).sort()).toEqual(['lr', 'lr_p', 'sec_wei']);
    expect((await get('/studies')).json().items).toEqual([]);
    const untuned = (await post('/studies/resolve', { ...short, arms: ['plain', 'sec', 'l2reg'], tune: null })).json();
    expect(untuned.plan.arms).toMatchObject([{}, { base: { sec_wei: 1 } }, { base: { l2reg_wei: 1e-4 } }]);
    const asked = (await post('/studies', short)).json();
    expect(asked.plan).toEqual(plan);
    for (const [bad, field] of [
      [{ ...short, arms: ['plain', 'sek'] }, 'arms.1'],
      [{ ...short, base: { dataset: 'shapes', loss: 'tripplet' } }, 'loss'],
      [{ ...short, tune: { trials: 0 } }, 'tune.trials'],
    ] as const) {
      const refused = await post('/studies/resolve', bad);
      expect([refused.statusCode, refused.json().errors[0].field], field).toEqual([400, field]);
    }
  });

  test('a run that was deleted is asked for again, one that is there already is not run again', async () => {
    const single = (
      await post('/experiments', { ...question.base, lr: 0.001, seed: 1000, protocol: 'validation' })
    ).json();
    const { id } = (await post('/studies', question)).json();
    await advance();
    const runs = async () => (await get(`/studies/${id}`)).json().runs as { experiment_id: string }[];
    expect((await runs()).map((run) => run.experiment_id)).toContain(single.id);
    await remove(`/experiments/${single.id}`);
    expect(await runs()).toHaveLength(3);
    await advance();
    expect(await runs()).toHaveLength(4);
    await advance();
    expect(await runs()).toHaveLength(4);
  });

  test('a study that is cancelled cancels what it has left, by its own route or through its sweep', async () => {
    const { id } = (await post('/studies', question)).json();
    expect((await remove(`/studies/${id}`)).statusCode).toBe(409);
    await advance();
    await work(1);
    const cancelled = (await post(`/studies/${id}/cancel`)).json();
    expect(cancelled).toMatchObject({ status: 'cancelled', reason: 'cancelled by request' });
    expect(cancelled.runs.map(({ status }: { status: string }) => status).sort()).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
      'succeeded',
    ]);
    expect((await post(`/studies/${id}/cancel`)).statusCode).toBe(409);
    expect(await advance()).toBe(false);

    const other = (await post('/studies', { ...question, first_seed: 7 })).json();
    await advance();
    await post(`/sweeps/${other.sweep_id}/cancel`);
    await advance();
    expect((await get(`/studies/${other.id}`)).json()).toMatchObject({ status: 'cancelled' });
  });

  test.each([
    [{ ...question, arms: [{ name: 'plain' }] }, 'arms'],
    [{ ...question, base: { dataset: 'shapes', loss: 'triplett' } }, 'loss'],
    [{ ...question, arms: [{ name: 'a' }, { name: 'b', set: { sec_weight: 1 } }] }, 'sec_weight'],
    [{ ...question, tune: { ...question.tune, space: { instances: [1] } } }, 'tune.space.instances'],
    [{ ...question, budget: { pairs: 0 } }, 'budget.pairs'],
    [{ ...question, metrik: 'nmi' }, 'metrik'],
  ])('what cannot be answered is refused, with nothing stored', async (asked, field) => {
    const refused = await post('/studies', asked);
    expect(refused.statusCode).toBe(400);
    expect(refused.json().errors.map((error: { field: string }) => error.field)).toContain(field);
    expect((await get('/studies')).json().items).toEqual([]);
    expect((await get('/sweeps')).json().items).toEqual([]);
  });
});
