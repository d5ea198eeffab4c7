import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  claimExperiment,
  countOutbox,
  listExperiments,
  registerWorker,
  writeEvaluationView,
  writeMetrics,
} from '@spherelab/db';
import { openQueue } from '@spherelab/queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeExperiment } from '../../../test/experiment-fixture.ts';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { type AppUnderTest, appUnderTest } from './app-under-test.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('what the API does for the page', () => {
  let server: PostgresServer;
  let api: AppUnderTest;
  let folder: string;

  beforeAll(async () => {
    server = await startPostgresServer();
    folder = await mkdtemp(path.join(tmpdir(), 'spherelab-page-'));
    await mkdir(path.join(folder, 'assets'));
    await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(path.join(folder, 'assets', 'app-1a2b.js'), 'let a;');
    api = await appUnderTest(server, { pageFolder: folder });
  });
  afterAll(async () => {
    await api.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (url: string, accept = 'text/html') => api.app.inject({ url, headers: { accept } });

  test('addresses of the page get index.html with a strict policy and no cache; hashed files are kept for a year', async () => {
    for (const url of ['/', '/lab', '/lab/experiments/1?tab=norms']) {
      const answer = await open(url);
      expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
        200,
        'text/html; charset=utf-8',
        'no-cache',
      ]);
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
      expect(answer.headers['content-security-policy']).not.toContain('unsafe');
    }
    const asset = await open('/assets/app-1a2b.js', '*/*');
    expect([asset.statusCode, asset.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect((await open('/assets/other.js', '*/*')).statusCode).toBe(404);
  });

  test('routes of the API stay as they are, also for a browser; programs get problem details for unknown addresses', async () => {
    expect((await open('/experiments')).json()).toMatchObject({ items: expect.any(Array) });
    expect((await open('/experiments/none')).headers['content-type']).toContain('problem+json');
    expect((await open('/experiments/none/nothing')).statusCode).toBe(404);
    expect((await open('/lab', 'application/json')).statusCode).toBe(404);
    expect((await api.app.inject({ method: 'POST', url: '/lab', headers: { accept: 'text/html' } })).statusCode).toBe(
      404,
    );
  });

  test('a request is resolved with the source of each value, and nothing is stored; a bad one names the field', async () => {
    const resolve = (payload: object) => api.app.inject({ method: 'POST', url: '/experiments/resolve', payload });
    const answer = (await resolve({ dataset: 'shapes', loss: 'ms', sec_wei: 0.5 })).json();
    expect(answer).toMatchObject({
      config: { sec_wei: 0.5, loss: 'ms' },
      sources: { sec_wei: 'user', batch_size: 'ours' },
    });
    expect(Object.keys(answer.config).sort()).toEqual(Object.keys(answer.sources).sort());
    const refused = await resolve({ dataset: 'shapes', loss: 'ms', lr: -1 });
    expect([refused.statusCode, refused.json().errors[0].field]).toEqual([400, 'lr']);
    expect((await listExperiments(api.database.pool, { limit: 10 })).items).toEqual([]);
    expect(await countOutbox(api.database.pool)).toBe(0);
    const stored = await api.app.inject({
      method: 'POST',
      url: '/experiments',
      payload: { dataset: 'shapes', loss: 'ms', sec_wei: 0.5 },
    });
    expect(stored.json().identity).toBe(answer.identity);
  });

  test('facets count statuses, data sets, losses and tags; the queue tells its depth', async () => {
    await api.app.inject({
      method: 'POST',
      url: '/experiments',
      payload: { dataset: 'shapes', loss: 'triplet', tags: ['x'] },
    });
    expect((await open('/experiments/facets')).json()).toEqual({
      statuses: { queued: 2 },
      datasets: { shapes: 2 },
      losses: { ms: 1, triplet: 1 },
      tags: { x: 1 },
    });
    expect((await open('/queue')).json()).toMatchObject({ outbox: 2, jobs: { 'experiments-any': { waiting: 2 } } });
  });

  test('the stream of changes tells each change once, and nothing of what was before', async () => {
    const { id } = await storeExperiment(api.database);
    await api.app.listen({ host: '127.0.0.1', port: 0 });
    const address = api.app.server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const abort = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}/events`, { signal: abort.signal });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    const readUntil = async (part: string) => {
      while (!text.includes(part)) text += new TextDecoder().decode((await reader.read()).value);
    };
    await readUntil('event: hello');
    await registerWorker(api.database.pool, { name: 'w', devices: ['cpu'], host: 'h', pid: 1, version: '0' });
    await claimExperiment(api.database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
    await readUntil('"status":"running"');
    await new Promise((done) => setTimeout(done, 300));
    await claimExperiment(api.database.pool, (await storeExperiment(api.database)).id, {
      worker: 'w',
      device: 'cpu',
      leaseMs: 60_000,
    });
    await readUntil('"attempt":1');
    abort.abort();
    expect(text.split(`"id":"${id}","status":"running"`)).toHaveLength(2);
  });

  test('evaluations: norms, what they show, embeddings as .npy, pictures that are kept for ever', async () => {
    const { id } = await storeExperiment(api.database);
    await claimExperiment(api.database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
    const webp = Uint8Array.of(82, 73, 70, 70);
    const sha256 = createHash('sha256').update(webp).digest('hex');
    const detail = {
      pictures: [{ sha256, path: 'c/1.png', label: 0 }],
      map: { explained: [0.5, 0.25], points: [[0, 1, 2]] },
      queries: [],
      queries_ranked: 1,
      queries_failed: 0,
    };
    const norms = { low: 1, high: 2, counts: [3, 4], mean: 1.5, sd: 0.1 };
    const fence = { experimentId: id, attempt: 1 };
    await writeEvaluationView(api.database.pool, fence, {
      step: 7,
      norms,
      detail,
      embeddings: Float32Array.of(1, 2, 3),
      dim: 3,
      thumbnails: [{ sha256, webp }],
    });
    await writeMetrics(api.database.pool, fence, [{ name: 'nmi', step: 7, value: 0.5 }]);
    expect((await open(`/experiments/${id}/evaluations`)).json()).toEqual({
      items: [{ step: 7, norms, has_detail: true, has_embeddings: true }],
      next_cursor: null,
    });
    expect((await open(`/experiments/${id}/evaluations/7`)).json()).toEqual({ step: 7, ...detail });
    expect((await open(`/experiments/${id}/evaluations/8`)).statusCode).toBe(404);
    const npy = (await open(`/experiments/${id}/evaluations/7/embeddings.npy`)).rawPayload;
    const header = npy.subarray(10, 10 + npy.readUInt16LE(8)).toString('latin1');
    expect(npy.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
    expect((10 + header.length) % 64).toBe(0);
    expect(header).toContain("'shape': (1, 3)");
    expect([...new Float32Array(Uint8Array.from(npy.subarray(10 + header.length)).buffer)]).toEqual([1, 2, 3]);
    const picture = await open(`/thumbnails/${sha256}`);
    expect([picture.rawPayload, picture.headers['content-type']]).toEqual([Buffer.from(webp), 'image/webp']);
    expect(picture.headers['cache-control']).toContain('immutable');
    expect((await open(`/thumbnails/${'0'.repeat(64)}`)).statusCode).toBe(404);
  });

  test('openapi.json in the repository is that of this API, and the types of the page are made from it', async () => {
    const document = await readFile(path.join(root, 'openapi.json'), 'utf8');
    expect(JSON.parse(document)).toEqual(JSON.parse(JSON.stringify(api.app.swagger())));
    const types = await readFile(path.join(root, 'apps/dashboard/src/api/generated/api-schema.d.ts'), 'utf8');
    const sha256 = createHash('sha256').update(document).digest('hex');
    expect(types.split('\n')[0], 'run node scripts/generate-api-types.mjs').toContain(sha256);
  });

  test("BullMQ's board is served where the administrator asked for it, and nowhere else", async () => {
    const queue = openQueue({ store: 'postgres', connectionString: await server.createDatabase() });
    const admin = await appUnderTest(server, { boards: queue.openBoards() });
    const board = await admin.app.inject({ url: '/admin/queues/api/queues' });
    expect(board.json().queues.map(({ name }: { name: string }) => name)).toEqual([
      'experiments-any',
      'experiments-gpu',
    ]);
    expect((await admin.app.inject({ url: '/admin/queues' })).headers['content-type']).toContain('text/html');
    await admin.close();
    await queue.close();
    expect((await open('/admin/queues', '*/*')).statusCode).toBe(404);
  });
});
