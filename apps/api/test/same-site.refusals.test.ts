import { describe, expect, test } from 'vitest';
import { startPostgresServer } from '../../../test/postgres-server.ts';
import { isKnownHost } from '../src/access/known-host.ts';
import { readApiEnv } from '../src/env.ts';
import { type AppUnderTest, appForEachTest, appUnderTest } from './app-under-test.ts';

const request = { dataset: 'shapes', loss: 'triplet' };
type Headers = Readonly<Record<string, string>>;

describe('requests from pages of other sites', () => {
  let api: AppUnderTest;
  appForEachTest((fresh) => {
    api = fresh;
  });
  const send = (method: 'GET' | 'POST' | 'DELETE', url: string, headers: Headers = {}) =>
    api.app.inject({ method, url, headers });

  const foreign: [why: string, headers: Headers, status: number][] = [
    ['a name that somebody points at this server', { host: 'evil.example' }, 421],
    ['a name with our port', { host: 'evil.example:80' }, 421],
    ['a name that begins as ours', { host: 'localhost.evil.example' }, 421],
    ['our name with another port', { host: 'localhost:8080' }, 421],
    ['an origin elsewhere', { origin: 'https://evil.example' }, 403],
    ['another server of this machine', { origin: 'http://localhost:5173' }, 403],
    ['an origin that is hidden', { origin: 'null' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a site beside this one', { 'sec-fetch-site': 'same-site' }, 403],
    ['a form of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
  ];

  test.each(foreign)('change nothing: %s', async (_, headers, status) => {
    const { id } = (await api.app.inject({ method: 'POST', url: '/experiments', payload: request })).json();
    for (const [method, url] of [
      ['POST', `/experiments/${id}/pause`],
      ['POST', `/experiments/${id}/cancel`],
      ['DELETE', `/experiments/${id}`],
    ] as const) {
      const answer = await send(method, url, headers);
      expect([answer.statusCode, answer.json().status], url).toEqual([status, status]);
      expect(answer.headers['content-type']).toMatch('application/problem+json');
    }
    expect((await send('GET', `/experiments/${id}`)).json()).toMatchObject({ status: 'queued' });
  });

  test.each(foreign.slice(0, -1))('see nothing: %s', async (_, headers, status) => {
    for (const url of ['/experiments', '/', '/openapi.json', '/healthz']) {
      expect((await send('GET', url, headers)).statusCode, url).toBe(status);
    }
  });

  test('a refusal says what to set', async () => {
    const [misdirected, foreigner] = await Promise.all([
      send('GET', '/experiments', { host: 'lab.example:8443' }),
      send('POST', '/experiments', { origin: 'https://lab.example' }),
    ]);
    expect(misdirected.json()).toMatchObject({
      title: 'Misdirected Request',
      detail:
        'lab.example:8443 is no name of this server: if it should be, put lab.example:8443 in SPHERELAB_ALLOWED_HOSTS',
    });
    expect(foreigner.json().detail).toContain('put lab.example in SPHERELAB_ALLOWED_HOSTS');
  });

  test('a link elsewhere may be followed, and our own page and programs are served', async () => {
    const taken: Headers[] = [
      {},
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' },
      { 'sec-fetch-site': 'same-origin', origin: 'http://localhost' },
      { host: '127.0.0.1' },
      { host: '[::1]:80', origin: 'http://LOCALHOST:80' },
    ];
    for (const headers of taken) {
      expect((await send('GET', '/experiments', headers)).statusCode, JSON.stringify(headers)).toBe(200);
    }
  });
});

test('names of SPHERELAB_ALLOWED_HOSTS are taken as host and as origin', async () => {
  const server = await startPostgresServer();
  const api = await appUnderTest(server, { allowedHosts: ['lab.example', 'box:8443'] });
  try {
    const statusOf = async (headers: Headers) =>
      (await api.app.inject({ method: 'POST', url: '/experiments', payload: request, headers })).statusCode;
    expect(await statusOf({ host: 'lab.example', origin: 'https://lab.example' })).toBe(201);
    expect(await statusOf({ host: 'LAB.example:443' })).toBe(200);
    expect(await statusOf({ host: 'box:8443', origin: 'https://box:8443' })).toBe(200);
    expect(await statusOf({ host: 'box' })).toBe(421);
    expect(await statusOf({ host: 'lab.example', origin: 'https://evil.example' })).toBe(403);
  } finally {
    await api.close();
    await server.stop();
  }
});

test('a server is known by loopback and by the address at which a client reached it, with the port', () => {
  const pod = { localAddress: '::ffff:10.1.2.3', localPort: 3000 };
  expect(
    ['localhost:3000', '127.0.0.1:3000', '[::1]:3000', '10.1.2.3:3000'].map((host) => isKnownHost(host, pod, [])),
  ).toEqual([true, true, true, true]);
  expect(['10.1.2.4:3000', '10.1.2.3', 'localhost', ''].map((host) => isKnownHost(host, pod, []))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  const six = { localAddress: 'fd00::1', localPort: 80 };
  expect(['[fd00::1]', '[fd00::1]:80', 'fd00::1'].map((host) => isKnownHost(host, six, []))).toEqual([
    true,
    true,
    false,
  ]);
});

test('SPHERELAB_ALLOWED_HOSTS is a list of names, with or without a port', () => {
  const read = (hosts: string) =>
    readApiEnv({ DATABASE_URL: 'postgresql://x', SPHERELAB_ALLOWED_HOSTS: hosts }).allowedHosts;
  expect(read('')).toEqual([]);
  expect(read('lab.example, box:8443,,[fd00::1]:80')).toEqual(['lab.example', 'box:8443', '[fd00::1]:80']);
  expect(() => read('https://lab.example')).toThrow('SPHERELAB_ALLOWED_HOSTS');
});
