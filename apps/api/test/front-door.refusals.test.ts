import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type AppUnderTest, appForEachTest } from './app-under-test.ts';

const request = { dataset: 'shapes', loss: 'triplet' };
const json = { 'content-type': 'application/json' };

describe('requests that are no good are told why', () => {
  let api: AppUnderTest;
  appForEachTest((fresh) => {
    api = fresh;
  });
  const get = (url: string) => api.app.inject({ method: 'GET', url });
  const post = (url: string, payload?: string | object) =>
    api.app.inject({ method: 'POST', url, headers: json, ...(payload === undefined ? {} : { payload }) });
  const storeOne = async (): Promise<string> => (await post('/experiments', { ...request, seed: 7 })).json().id;

  test('a body nested fifty thousand levels deep is refused, and one of our depth is not', async () => {
    for (const [open, close] of ['[]', ['{"a":', '}']] as const) {
      for (const [before, after] of [
        ['', ''],
        ['{"lr":', '}'],
      ]) {
        const answer = await post('/experiments', `${before}${open?.repeat(50_000)}1${close?.repeat(50_000)}${after}`);
        expect([answer.statusCode, answer.json().detail]).toEqual([400, 'the body is nested more than 32 levels deep']);
      }
    }
    expect((await post('/experiments', { ...request, name: '[{'.repeat(50), tags: ['"[', '\\"{'] })).statusCode).toBe(
      201,
    );
    expect((await post('/experiments', '[')).json()).toMatchObject({ status: 400, title: 'Bad Request' });
  });

  test('sixty thousand unknown fields get a short answer', async () => {
    const fields = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`f${i}`, i]));
    const answer = await post('/experiments', { ...request, ...fields });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toHaveLength(20);
    expect(answer.json().detail).toMatch(/and at least 180 more$/);
    expect(answer.payload.length).toBeLessThan(60_000);
  });

  test.each([
    ['NUL', 'a\0b'],
    ['half of a surrogate pair', 'a\ud83d'],
  ])('%s is refused wherever text is taken, and the field is named', async (_, text) => {
    const base = { ...request };
    const bodies: [string, object, string][] = [
      ['/experiments', { ...request, name: text }, 'name'],
      ['/experiments/resolve', { ...request, tags: ['fine', text] }, 'tags.1'],
      ['/experiments', { ...request, dataset: text }, 'dataset'],
      ['/experiments', { ...request, [text]: 1 }, text],
      ['/sweeps', { name: text, base, grid: { seed: [0] } }, 'name'],
      ['/sweeps', { base: { ...base, name: text }, grid: { seed: [0] } }, 'base.name'],
      ['/sweeps', { base, cells: [{ weights: text }] }, 'cells.0.weights'],
    ];
    for (const [url, body, field] of bodies) {
      const answer = await post(url, body);
      expect([answer.statusCode, answer.json().errors?.[0]?.field], field).toEqual([400, field]);
    }
  });

  test('NUL in an address is refused, and the parameter is named', async () => {
    const id = await storeOne();
    for (const [url, field] of [
      ['/experiments?q=a%00', 'q'],
      ['/experiments?tag=%00', 'tag'],
      ['/experiments?dataset=%00', 'dataset'],
      ['/experiments?sweep=%00', 'sweep'],
      ['/experiments?cursor=%00', 'cursor'],
      [`/experiments/${id}/metrics?name=loss,%00`, 'name'],
      [`/experiments/${id}/metrics?name=a&name=%00`, 'name.1'],
      [`/experiments/${id}/events?last_event_id=%00`, 'last_event_id'],
      ['/experiments/%00', 'id'],
      ['/experiments/%00/logs', 'id'],
      ['/checkpoints/%00/download', 'id'],
      ['/thumbnails/%00', 'sha256'],
      ['/sweeps/%00/table', 'id'],
    ] as const) {
      const answer = await get(url);
      expect([answer.statusCode, answer.json().errors?.[0]?.field], url).toEqual([400, field]);
    }
  });

  test.each([
    'a\0',
    'a\ud83d',
    '2026-01-01 (x)',
    '"\\u0000"',
    '-271821-04-20T00:00:00.000Z',
    '+275760-09-13T00:00:00.000Z',
  ])('a cursor that no list gave out is refused: %j', async (key) => {
    const cursor = Buffer.from(JSON.stringify({ key, id: randomUUID() })).toString('base64url');
    const answer = await get(`/sweeps?cursor=${cursor}`);
    expect([answer.statusCode, answer.json().errors?.[0]?.field]).toEqual([400, 'cursor']);
    for (const sort of ['created_at', 'priority', '-lr', 'nmi']) {
      expect((await get(`/experiments?sort=${sort}&cursor=${cursor}`)).statusCode, sort).toBe(400);
    }
  });

  test('acts need no body, whatever type they name for it', async () => {
    const id = await storeOne();
    for (const action of ['pause', 'resume', 'cancel', 'retry']) {
      expect((await post(`/experiments/${id}/${action}`)).statusCode, action).toBe(200);
    }
    const url = `/experiments/${id}`;
    expect((await api.app.inject({ method: 'DELETE', url, headers: json })).statusCode).toBe(204);
    expect((await post('/experiments')).json().errors).toMatchObject([{ field: 'dataset', reason: 'is required' }, {}]);
  });

  test('another type of body is refused with the one to send', async () => {
    const id = await storeOne();
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'nonsense',
    ]) {
      const headers = { 'content-type': type };
      const answer = await api.app.inject({ method: 'POST', url: `/experiments/${id}/pause`, headers, payload: 'a=b' });
      expect(answer.json(), type).toMatchObject({ status: 415, title: 'Unsupported Media Type' });
      expect(answer.json().detail).toBe(`send application/json, not ${type}`);
    }
    expect((await get(`/experiments/${id}`)).json().status).toBe('queued');
  });

  test('an address without the method says which it has', async () => {
    for (const [method, url, allow] of [
      ['PUT', '/experiments', 'GET, HEAD, POST'],
      ['PUT', `/experiments/${randomUUID()}`, 'PATCH, GET, HEAD, DELETE'],
      ['GET', `/experiments/${randomUUID()}/cancel`, 'POST'],
      ['DELETE', '/healthz', 'GET, HEAD'],
    ] as const) {
      const answer = await api.app.inject({ method, url });
      expect([answer.statusCode, answer.headers.allow], url).toEqual([405, allow]);
      expect(answer.json()).toMatchObject({ title: 'Method Not Allowed', status: 405 });
    }
    expect((await api.app.inject({ method: 'PUT', url: '/nowhere' })).json()).toMatchObject({ status: 404 });
  });

  test('what is no address is a problem too', async () => {
    for (const [url, status] of [
      ['/experiments/%', 400],
      ['/experiments/%ff', 400],
      [`/experiments/${'x'.repeat(201)}`, 414],
    ] as const) {
      const answer = await get(url);
      expect(answer.headers['content-type'], url).toMatch('application/problem+json');
      expect(answer.json(), url).toMatchObject({ status, type: 'about:blank' });
      expect(answer.json().detail, url).not.toContain('xxx');
    }
  });

  describe('on a connection of its own', () => {
    /** What comes back for these bytes until the server closes. */
    async function answerTo(bytes: (host: string) => string): Promise<string> {
      const { host, port } = new URL(await api.app.listen({ port: 0, host: '127.0.0.1' }));
      const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
      socket.write(bytes(host));
      let text = '';
      for await (const part of socket) text += part as string;
      return text;
    }

    test('headers that are too large are a problem', async () => {
      const large = await answerTo((host) => `GET / HTTP/1.1\r\nhost: ${host}\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
      expect(large).toMatch(
        /^HTTP\/1.1 431 Request Header Fields Too Large\r\ncontent-type: application\/problem\+json/,
      );
      expect(large).toContain('"status":431');
    });

    test('bytes that are no HTTP are a problem', async () => {
      expect(await answerTo(() => 'nonsense\r\n\r\n')).toMatch(
        /^HTTP\/1.1 400 Bad Request\r\ncontent-type: application\/problem/,
      );
    });

    test('a body that does not arrive in time ends the connection', async () => {
      expect(api.app.server).toMatchObject({ requestTimeout: 30_000, headersTimeout: 15_000 });
      Object.assign(api.app.server, { requestTimeout: 200, headersTimeout: 100 });
      const answer = await answerTo(
        (host) =>
          `POST /experiments HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 408 Request Timeout\r\ncontent-type: application\/problem\+json/);
    });
  });
});
