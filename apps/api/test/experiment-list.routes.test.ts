import { randomUUID } from 'node:crypto';
import { claimExperiment, settleAttempt, writeMetrics } from '@spherelab/db';
import { describe, expect, test } from 'vitest';
import { type AppUnderTest, appForEachTest } from './app-under-test.ts';

describe('experiments as a list', () => {
  let api: AppUnderTest;

  appForEachTest((fresh) => {
    api = fresh;
  });

  const send = (method: 'POST' | 'PATCH', url: string, payload: unknown) =>
    api.app.inject({ method, url, payload: payload as object, headers: { 'content-type': 'application/json' } });
  const post = async (over: object): Promise<string> =>
    (await send('POST', '/experiments', { dataset: 'shapes', loss: 'triplet', ...over })).json().id;
  const get = (url: string) => api.app.inject({ url });
  const claim = (id: string) => claimExperiment(api.database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
  const succeed = async (id: string, recall: number) => {
    await claim(id);
    const result = { last: { metrics: { recall_at_1: recall } }, best: { metrics: { recall_at_1: recall } } };
    await settleAttempt(api.database.pool, { experimentId: id, attempt: 1 }, { status: 'succeeded', result });
  };

  test('lists page by page without repeating or losing one, filtered and sorted', async () => {
    for (let seed = 0; seed < 7; seed += 1) {
      const loss = seed % 2 ? 'ms' : 'triplet';
      await post({
        loss,
        seed,
        // As long as a name may be, in letters of three bytes: a cursor holds it.
        name: `run ${seed % 3} ${'名'.repeat(190)}`,
        ...(seed < 4 ? { milestones: [seed + 1, seed + 2] } : {}),
        tags: seed < 2 ? ['early'] : [],
        priority: seed,
      });
    }
    for (const query of [
      '',
      'sort=name',
      'sort=-priority',
      'sort=updated_at',
      'sort=loss',
      'sort=-seed',
      'sort=nmi',
      'sort=milestones',
      'sort=-id',
    ]) {
      const seeds: number[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: { items: { config: { seed: number } }[]; next_cursor: string | null } = (
          await get(`/experiments?limit=3&${query}${cursor ? `&cursor=${cursor}` : ''}`)
        ).json();
        seeds.push(...page.items.map((item) => item.config.seed));
        cursor = page.next_cursor;
      }
      expect(
        seeds.toSorted((a, b) => a - b),
        query,
      ).toEqual([0, 1, 2, 3, 4, 5, 6]);
      if (query === '') expect(seeds[0]).toBe(6);
      if (query === 'sort=-priority' || query === 'sort=-seed') expect(seeds).toEqual([6, 5, 4, 3, 2, 1, 0]);
    }
    const count = async (query: string) => (await get(`/experiments?${query}`)).json().items.length;
    expect(await count('loss=ms')).toBe(3);
    expect(await count('tag=early')).toBe(2);
    expect(await count('q=RUN 1')).toBe(2);
    expect(await count('q=%25')).toBe(0);
    expect(await count('q=shapes triplet seed')).toBe(4);
    expect(await count('q=triplet SEC')).toBe(0);
    expect(await count('filter=seed>=2,seed<5')).toBe(3);
    const some = (await get('/experiments?limit=3')).json().items.map(({ id }: { id: string }) => id.slice(0, 13));
    expect(await count(`ids=${some.join(',')}`)).toBe(3);
    expect(await count('filter=seed!=2')).toBe(6);
    expect(await count('filter=loss=ms, sec_wei=0')).toBe(3);
    expect(await count('filter=need_bn=true')).toBe(7);
    expect(await count('filter=recall_at_1>0')).toBe(0);
    expect(await count('filter=created_at>2026-01-01')).toBe(7);
    expect(await count('filter=seed<1e300')).toBe(7);
    expect(await count('status=queued,running')).toBe(7);
    expect(await count('status=failed')).toBe(0);
    expect(await count(`sweep=${randomUUID()}`)).toBe(0);
    for (const bad of [
      'status=nope',
      'limit=0',
      'limit=x',
      'cursor=abc',
      'sort=nothing',
      'colour=red',
      'filter=seed',
      'ids=nobody',
      'filter=nothing>1',
      'filter=priority=x',
      'filter=priority=1e300',
      'filter=created_at>March 7',
      'filter=created_at>%2B275760-09-13T00:00:00.000Z',
      'filter=name=%00',
      'filter=status=succeded',
      'filter=loss=tripplet',
      'filter=optimizer=adamw',
      'sort=notes',
      'sort=-tags',
    ]) {
      const answer = await get(`/experiments?${bad}`);
      expect([answer.statusCode, answer.json().errors?.[0]?.field], bad).toEqual([400, bad.split('=')[0]]);
    }
  });

  test('a running one shows what its newest evaluation measured, and is sorted and filtered by it', async () => {
    const id = await post({});
    await claim(id);
    expect((await get(`/experiments/${id}`)).json().latest).toBeNull();
    const fence = { experimentId: id, attempt: 1 };
    await writeMetrics(api.database.pool, fence, [
      { name: 'recall_at_1', step: 0, value: 0.2 },
      { name: 'loss_metric', step: 0, value: 1 },
      { name: 'recall_at_1', step: 9, value: 0.4 },
      { name: 'nmi', step: 9, value: 0.6 },
      { name: 'norm_cv', step: 9, value: Number.NaN },
      { name: 'loss_metric', step: 10, value: 1 },
    ]);
    const latest = { step: 9, metrics: { recall_at_1: 0.4, nmi: 0.6 } };
    expect((await get(`/experiments/${id}`)).json()).toMatchObject({ status: 'running', result: null, latest });
    await writeMetrics(api.database.pool, fence, [{ name: 'loss_metric', step: 11, value: 1 }]);
    expect((await get(`/experiments/${id}`)).json().latest).toEqual(latest);
    expect((await get('/experiments?filter=recall_at_1>0.3&sort=-recall_at_1')).json().items).toHaveLength(1);
    await expect(
      writeMetrics(api.database.pool, { ...fence, attempt: 2 }, [{ name: 'nmi', step: 20, value: 1 }]),
    ).rejects.toThrow(/not the running one/);
    expect((await get(`/experiments/${id}`)).json().latest).toEqual(latest);
    // A result counts more: a worker of a release that keeps no newest evaluation may have made it.
    const result = { last: { metrics: { recall_at_1: 0.9 } } };
    await settleAttempt(api.database.pool, fence, { status: 'succeeded', result });
    expect((await get('/experiments?filter=recall_at_1>0.8')).json().items).toHaveLength(1);
  });

  test('groups what a filter finds, with the mean of those that succeeded', async () => {
    for (const [sec_wei, seed, recall] of [
      [0, 0, 0.3],
      [0, 1, 0.5],
      [0.5, 0, 0.6],
    ] as const) {
      await succeed(await post({ sec_wei, seed }), recall);
    }
    await post({ sec_wei: 0.5, seed: 1 });
    await post({ sec_wei: 0.5, loss: 'ms' });
    const { by, metric, groups, truncated } = (await get('/experiments/groups?by=loss,sec_wei&dataset=shapes')).json();
    expect({ by, metric, truncated }).toEqual({ by: ['loss', 'sec_wei'], metric: 'recall_at_1', truncated: false });
    expect(groups).toMatchObject([
      { values: { loss: 'ms', sec_wei: 0.5 }, total: 1, statuses: { queued: 1 }, n: 0, mean: null, best_id: null },
      { values: { loss: 'triplet', sec_wei: 0 }, total: 2, statuses: { succeeded: 2 }, n: 2, mean: 0.4, best: 0.5 },
      { values: { loss: 'triplet', sec_wei: 0.5 }, total: 2, statuses: { succeeded: 1, queued: 1 }, n: 1, best: 0.6 },
    ]);
    expect(groups[1].sd).toBeCloseTo(Math.SQRT2 / 10, 12);
    // Student t with one degree of freedom: 12.7 times the standard error, cut where a rate ends.
    expect(groups[1].ci95).toEqual([0, 1]);
    expect((await get('/experiments/groups?by=seed&filter=sec_wei=0')).json().groups).toHaveLength(2);
    for (const bad of ['by=', 'by=nothing', 'by=a,b', 'by=loss&metric=loss', 'by=loss&metric=x']) {
      const answer = await get(`/experiments/groups?${bad}`);
      expect([answer.statusCode, bad], bad).toEqual([400, bad]);
    }
  });

  test('writes the columns that are wanted as CSV, every row of the filter', async () => {
    await succeed(await post({ sec_wei: 0.5, seed: 3, name: 'a "name", with\nmore', milestones: [1, 2] }), 0.25);
    await post({ loss: 'ms', seed: 4 });
    const answer = await get('/experiments/table?format=csv&columns=name,seed,milestones,status,recall_at_1&sort=seed');
    expect(answer.headers['content-type']).toMatch('text/csv');
    expect(answer.body).toBe(
      'name,seed,milestones,status,recall_at_1\n"a ""name"", with\nmore",3,"[1,2]",succeeded,0.25\n,4,[],queued,\n',
    );
    const whole = (await get('/experiments/table?format=csv&filter=seed=3')).body.split('\n')[0];
    expect(whole).toMatch(/^id,name,status,dataset,loss,sec_wei.*tags,notes$/);
    expect((await get('/experiments/table?columns=seed,milestones,nmi&sort=seed')).json()).toEqual({
      columns: ['seed', 'milestones', 'nmi'],
      rows: [
        [3, [1, 2], null],
        [4, [], null],
      ],
    });
    expect((await get('/experiments/table?columns=colour')).json().errors[0].field).toMatch(/^columns/);
  });

  test('renames, annotates and tags; what an experiment is stays', async () => {
    const id = await post({ name: 'before' });
    const { identity } = (await get(`/experiments/${id}`)).json();
    const edit = async (body: unknown) => (await send('PATCH', `/experiments/${id}`, body)).json();
    expect(await edit({ name: 'after', tags: ['x', 'y', 'x'] })).toMatchObject({
      name: 'after',
      tags: ['x', 'y'],
      config: { name: 'after', tags: ['x', 'y'] },
      notes: null,
      identity,
    });
    expect(await edit({ notes: 'worth another look' })).toMatchObject({ name: 'after', notes: 'worth another look' });
    expect((await get('/experiments?q=worth')).json().items).toHaveLength(1);
    expect(await edit({ name: null, notes: null, tags: [] })).toMatchObject({ name: null, notes: null, tags: [] });
    expect((await send('POST', '/experiments', { dataset: 'shapes', loss: 'triplet' })).json().id).toBe(id);
    for (const bad of [{}, { colour: 'red' }, { name: '' }, { tags: [''] }, { notes: 'x'.repeat(10_001) }, { lr: 1 }]) {
      expect((await edit(bad)).status, JSON.stringify(bad).slice(0, 50)).toBe(400);
    }
    expect((await send('PATCH', `/experiments/${randomUUID()}`, { name: 'x' })).statusCode).toBe(404);
  });

  test('does one thing to many, and tells which it did not suit and why', async () => {
    const queued = await post({ seed: 1 });
    const running = await post({ seed: 2 });
    await claim(running);
    const done = await post({ seed: 3, tags: Array.from({ length: 20 }, (_, at) => `t${at}`) });
    await succeed(done, 0.5);
    const unknown = randomUUID();
    const ids = [queued, running, done, unknown];
    const bulk = async (body: object) => (await send('POST', '/experiments/bulk', { ids, ...body })).json();
    const tagged = await bulk({ action: 'tag', tags: ['seen'] });
    expect(new Set(tagged.changed)).toEqual(new Set([queued, running]));
    expect(tagged.unchanged).toEqual([
      { id: done, reason: 'it would have more than 20 tags' },
      { id: unknown, reason: 'there is none' },
    ]);
    expect((await get('/experiments?tag=seen')).json().items).toHaveLength(2);
    await bulk({ action: 'tag', tags: ['seen'] });
    expect((await get(`/experiments/${queued}`)).json()).toMatchObject({ tags: ['seen'], config: { tags: ['seen'] } });
    expect((await bulk({ action: 'untag', tags: ['seen', 't0'] })).changed).toHaveLength(3);
    expect((await get('/experiments?tag=seen')).json().items).toEqual([]);
    const cancelled = await bulk({ action: 'cancel' });
    expect(new Set(cancelled.changed)).toEqual(new Set([queued, running]));
    expect(cancelled.unchanged[0]).toEqual({ id: done, reason: 'it is succeeded: it cannot cancel' });
    expect((await bulk({ action: 'retry' })).changed).toEqual([queued]);
    const deleted = await bulk({ action: 'delete' });
    expect(new Set(deleted.changed)).toEqual(new Set([queued, done]));
    expect(deleted.unchanged[0]).toEqual({ id: running, reason: 'it is running: cancel it first' });
    for (const bad of [
      { action: 'burn' },
      { action: 'tag' },
      { action: 'tag', tags: [] },
      { action: 'cancel', tags: ['a'] },
      { action: 'cancel', ids: [] },
      { action: 'cancel', ids: ['x'] },
    ]) {
      expect((await bulk(bad)).status, JSON.stringify(bad)).toBe(400);
    }
  });
});
