import { randomUUID } from 'node:crypto';
import { claimExperiment, countOutbox, settleAttempt } from '@spherelab/db';
import { describe, expect, test } from 'vitest';
import { type AppUnderTest, appForEachTest } from './app-under-test.ts';

describe('experiments over HTTP', () => {
  let api: AppUnderTest;

  appForEachTest((fresh) => {
    api = fresh;
  });

  const post = (payload: unknown, url = '/experiments') =>
    api.app.inject({
      method: 'POST',
      url,
      payload: payload as object,
      headers: { 'content-type': 'application/json' },
    });
  const get = (url: string) => api.app.inject({ url });
  const request = { dataset: 'Shapes', loss: 'triplet', sec_wei: 0.5 };

  test('an accepted one is complete, tells where each value comes from, and is in the outbox', async () => {
    const answer = await post({ ...request, name: 'first', tags: ['a'], priority: 7 });
    expect(answer.statusCode).toBe(201);
    const body = answer.json();
    expect(body).toMatchObject({ status: 'queued', name: 'first', tags: ['a'], priority: 7, attempt: 0 });
    expect(body.config).toMatchObject({ dataset: 'shapes', loss: 'triplet', sec_wei: 0.5 });
    expect(body.sources.sec_wei).toBe('user');
    expect(Object.keys(body.sources).sort()).toEqual(Object.keys(body.config).sort());
    expect(answer.headers.location).toBe(`/experiments/${body.id}`);
    expect(await countOutbox(api.database.pool)).toBe(1);
    expect(api.kicks()).toBe(1);
    expect((await get(`/experiments/${body.id}`)).json()).toEqual({ ...body, earlier: null, attempts: [] });
  });

  test('the same config again answers with the same one whatever its labels and status; force makes another', async () => {
    const { id } = (await post(request)).json();
    await post({}, `/experiments/${id}/cancel`);
    const again = await post({ ...request, name: 'other', priority: 3 });
    expect([again.statusCode, again.json().id, again.json().status]).toEqual([200, id, 'cancelled']);
    const forced = await post({ ...request, force: true });
    expect(forced.statusCode).toBe(201);
    expect(forced.json().id).not.toBe(id);
    const many = await Promise.all(Array.from({ length: 10 }, () => post({ ...request, seed: 99 })));
    expect(new Set(many.map((answer) => answer.json().id)).size).toBe(1);
    expect(many.filter((answer) => answer.statusCode === 201)).toHaveLength(1);
  });

  test.each([
    [{ dataset: 'shapes' }, 'loss', undefined],
    [{ ...request, sec_weight: 1 }, 'sec_weight', 1],
    [{ ...request, lr: -1 }, 'lr', -1],
    [{ ...request, dataset: '../etc' }, 'dataset', '../etc'],
    [{ ...request, dataset: 'nothing-here' }, 'dataset', 'nothing-here'],
    [{ ...request, force: 'yes' }, 'force', 'yes'],
    [[1], 'body', undefined],
  ])('a bad one is refused with field, value and reason, and nothing is stored: %j', async (payload, field, value) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    const { errors, status, title } = answer.json();
    expect({ status, title }).toEqual({ status: 400, title: 'Bad Request' });
    expect(errors.map((issue: { field: string }) => issue.field)).toContain(field);
    if (value !== undefined) expect(errors[0].value).toEqual(value);
    expect(errors[0].reason).toBeTypeOf('string');
    expect((await get('/experiments')).json().items).toEqual([]);
    expect(await countOutbox(api.database.pool)).toBe(0);
  });

  test('names the field that was meant where one was misspelt', async () => {
    const { errors } = (await post({ ...request, sec_weii: 1 })).json();
    expect(errors[0].reason).toMatch(/did you mean sec_wei/);
  });

  test('a body that is no JSON, too large, or of another type is refused as a problem', async () => {
    const bad = async (payload: string, type = 'application/json') => {
      const answer = await api.app.inject({
        method: 'POST',
        url: '/experiments',
        payload,
        headers: { 'content-type': type },
      });
      expect(answer.headers['content-type']).toMatch('application/problem+json');
      return answer.statusCode;
    };
    expect(await bad('{')).toBe(400);
    expect(await bad(JSON.stringify({ name: 'x'.repeat(2_000_000) }))).toBe(413);
    expect(await bad('<a/>', 'application/xml')).toBe(415);
  });

  test('leaves to the worker what the API cannot see', async () => {
    expect((await post({ dataset: 'unseen', loss: 'triplet' })).statusCode).toBe(201);
  });

  test('acts on one: pause, resume, cancel, retry, delete; an illegal act is a conflict', async () => {
    const { id } = (await post(request)).json();
    const act = async (action: string) => {
      const answer = await post({}, `/experiments/${id}/${action}`);
      return answer.statusCode === 200 ? answer.json().status : answer.statusCode;
    };
    expect(await act('resume')).toBe(409);
    expect(await act('pause')).toBe('paused');
    expect(await countOutbox(api.database.pool)).toBe(0);
    expect(await act('resume')).toBe('queued');
    expect(await act('cancel')).toBe('cancelled');
    expect(await act('cancel')).toBe(409);
    expect(await act('retry')).toBe('queued');
    await claimExperiment(api.database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
    expect((await api.app.inject({ method: 'DELETE', url: `/experiments/${id}` })).statusCode).toBe(409);
    expect((await post({}, `/experiments/${id}/pause`)).json()).toMatchObject({
      status: 'running',
      stop_requested: 'pause',
    });
    await settleAttempt(api.database.pool, { experimentId: id, attempt: 1 }, { status: 'succeeded', result: { a: 1 } });
    const conflict = await post({}, `/experiments/${id}/retry`);
    expect(conflict.json()).toMatchObject({ status: 409, detail: `experiment ${id} is succeeded: it cannot retry` });
    expect((await get(`/experiments/${id}/attempts`)).json().items).toMatchObject([
      { number: 1, outcome: 'succeeded' },
    ]);
    expect((await api.app.inject({ method: 'DELETE', url: `/experiments/${id}` })).statusCode).toBe(204);
    expect((await get(`/experiments/${id}`)).statusCode).toBe(404);
  });

  test.each(['', '/metrics', '/logs', '/events', '/checkpoints', '/attempts'])(
    'an unknown experiment is not found: %s',
    async (path) => {
      for (const id of [randomUUID(), 'nonsense']) {
        const answer = await get(`/experiments/${id}${path}`);
        expect(answer.statusCode).toBe(404);
        expect(answer.json()).toMatchObject({ title: 'Not Found', status: 404 });
      }
    },
  );

  test('refuses changes that a page of another site sends', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await api.app.inject({ method: 'POST', url: '/experiments', payload: request, headers })).statusCode).toBe(
      403,
    );
  });

  test('an error of our own tells a request id and nothing else', async () => {
    await api.database.pool.query('ALTER TABLE experiment RENAME TO elsewhere');
    const answer = await get('/experiments');
    expect(answer.statusCode).toBe(500);
    expect(Object.keys(answer.json()).sort()).toEqual(['request_id', 'status', 'title', 'type']);
  });
});
