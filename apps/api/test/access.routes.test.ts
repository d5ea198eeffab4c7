import { checkExposure, createAccessKey, latestAuditEntries, listAccessKeys, revokeAccessKey } from '@spherelab/db';
import { describe, expect, test } from 'vitest';
import { waitUntil } from '../../../test/wait-until.ts';
import { tokenBuckets } from '../src/access/token-bucket.ts';
import { type AppUnderTest, appForEachTest } from './app-under-test.ts';

describe('access to the API', () => {
  let api: AppUnderTest;

  appForEachTest((fresh) => {
    api = fresh;
  });

  const make = async (scope: 'read' | 'write' | 'admin') =>
    (await createAccessKey(api.database.pool, `of ${scope}`, scope)).text;
  const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, key?: string, payload?: object) =>
    api.app.inject({
      method,
      url,
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      ...(payload ? { payload } : {}),
    });
  const experiment = { dataset: 'shapes', loss: 'triplet' };
  /** The newest entries, once there are so many: one is written when its answer was sent. */
  const auditEntries = async (count: number) => {
    const read = () => latestAuditEntries(api.database.pool, 10);
    await waitUntil('the audit log', async () => (await read()).length >= count);
    return read();
  };

  test('needs no key while there is none, and writes down who changed what all the same', async () => {
    expect((await ask('POST', '/experiments', undefined, experiment)).statusCode).toBe(201);
    expect((await ask('GET', '/session')).json()).toEqual({ key_needed: false, name: null, scope: null });
    expect(await auditEntries(1)).toMatchObject([
      { key_id: null, who: '127.0.0.1', method: 'POST', address: '/experiments', status: 201 },
    ]);
  });

  test('opens to keys alone once there is one, each for what it is for', async () => {
    const [read, write] = [await make('read'), await make('write')];
    expect((await ask('GET', '/experiments')).statusCode).toBe(401);
    expect((await ask('GET', '/experiments')).headers['www-authenticate']).toBe('Bearer');
    expect((await ask('GET', '/experiments', read)).statusCode).toBe(200);
    expect((await ask('POST', '/experiments/resolve', read, experiment)).statusCode).toBe(200);
    const refused = await ask('POST', '/experiments', read, experiment);
    expect([refused.statusCode, refused.json().detail]).toEqual([403, expect.stringContaining('read alone')]);
    expect((await ask('POST', '/experiments', write, experiment)).statusCode).toBe(201);
    expect((await ask('GET', '/admin/queues', write)).statusCode).toBe(403);
    for (const open of ['/healthz', '/readyz', '/openapi.json', '/docs/', '/session'])
      expect([open, (await ask('GET', open)).statusCode]).toEqual([open, 200]);
    expect(await auditEntries(2)).toMatchObject([
      { who: 'of write', status: 201 },
      { who: 'of read', status: 403 },
    ]);
    expect((await listAccessKeys(api.database.pool)).map((key) => key.last_used_at !== null)).toEqual([true, true]);
  });

  test.each(['', 'nonsense', 'slk_000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'])(
    'refuses the key %j',
    async (key) => {
      await make('read');
      expect((await ask('GET', '/experiments', key)).statusCode).toBe(401);
    },
  );

  test('a stream ends once its key is revoked, and tells nothing of what happens after', async () => {
    const { key, text } = await createAccessKey(api.database.pool, 'watching', 'write');
    const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
    const stop = new AbortController();
    const authorization = `Bearer ${text}`;
    const response = await fetch(`${address}/events`, { headers: { authorization }, signal: stop.signal });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const told = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await told()).toContain('hello');
    await ask('POST', '/experiments', text, { ...experiment, name: 'before' });
    expect(await told()).toContain('before');
    const other = await make('write');
    await revokeAccessKey(api.database.pool, key.id);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await ask('POST', '/experiments', other, { ...experiment, seed: 1, name: 'after' });
    expect(await told()).toBe('');
    stop.abort();
  });

  test('a revoked key opens nothing from the next request on, and its secret is nowhere in the database', async () => {
    const { key, text } = await createAccessKey(api.database.pool, 'gone', 'admin');
    await make('read');
    expect((await ask('GET', '/experiments', text)).statusCode).toBe(200);
    await revokeAccessKey(api.database.pool, key.id);
    expect((await ask('GET', '/experiments', text)).statusCode).toBe(401);
    const { rows } = await api.database.pool.query('SELECT access_key::text AS row FROM access_key');
    expect(JSON.stringify(rows)).not.toContain(text.slice('slk_000000000000_'.length));
  });

  test('the page logs in by a cookie that no script reads, and out', async () => {
    const key = await make('write');
    expect((await ask('POST', '/session', undefined, { key: 'wrong' })).statusCode).toBe(401);
    const answer = await ask('POST', '/session', undefined, { key });
    expect(answer.json()).toEqual({ key_needed: true, name: 'of write', scope: 'write' });
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Path=\//);
    const sent = cookie.split(';')[0] as string;
    const listed = await api.app.inject({ url: '/experiments', headers: { cookie: `theme=dark; ${sent}` } });
    expect(listed.statusCode).toBe(200);
    expect(String((await ask('DELETE', '/session')).headers['set-cookie'])).toContain('Max-Age=0');
  });

  test('a key that asks too much is told when to ask again, and others go on', async () => {
    const [busy, calm] = [await make('read'), await make('read')];
    const answers = await Promise.all(Array.from({ length: 400 }, () => ask('GET', '/experiments?limit=1', busy)));
    const late = answers.filter(({ statusCode }) => statusCode === 429);
    expect(late.length).toBeGreaterThan(10);
    expect(late[0]?.headers['retry-after']).toMatch(/^\d+$/);
    expect((await ask('GET', '/experiments', calm)).statusCode).toBe(200);
  });

  test('the documentation has the content security policy of the page', async () => {
    expect((await ask('GET', '/docs/')).headers['content-security-policy']).toContain("default-src 'none'");
  });

  test('opens to other machines only with a key, or where somebody says that it may', async () => {
    await expect(checkExposure(api.database, '127.0.0.1', false)).resolves.toBeUndefined();
    await expect(checkExposure(api.database, '0.0.0.0', false)).rejects.toThrow(/spherelab keys create/);
    await expect(checkExposure(api.database, '0.0.0.0', true)).resolves.toBeUndefined();
    await make('read');
    await expect(checkExposure(api.database, '::', false)).resolves.toBeUndefined();
  });
});

test('a bucket gives what it holds at once, then as it fills', () => {
  let ms = 0;
  const buckets = tokenBuckets(2, 0.5, () => ms);
  expect([buckets.take('a'), buckets.take('a'), buckets.take('a'), buckets.take('b')]).toEqual([0, 0, 2, 0]);
  ms = 2_000;
  expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 2]);
});
