import { createHash, randomBytes } from 'node:crypto';
import { type Fence, registerWorker, settleAttempt, storeCheckpoint, writeLogLine, writeMetrics } from '@spherelab/db';
import { beforeEach, describe, expect, test } from 'vitest';
import { storeRunning } from '../../../test/experiment-fixture.ts';
import { type AppUnderTest, appForEachTest } from './app-under-test.ts';

type StreamEvent = { id: string; event: string; data: { points?: unknown[]; status?: string; message?: string } };

describe('looking at an experiment over HTTP', () => {
  let api: AppUnderTest;
  let fence: Fence;

  appForEachTest((fresh) => {
    api = fresh;
  });
  beforeEach(async () => {
    fence = await storeRunning(api.database);
  });

  const get = (url: string) => api.app.inject({ url });
  const path = () => `/experiments/${fence.experimentId}`;
  const parse = (text: string): StreamEvent[] =>
    text
      .split('\n\n')
      .filter((block) => block.startsWith('id:'))
      .map((block) => {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
        return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) };
      });

  test('metrics come as series, csv and ndjson', async () => {
    await writeMetrics(api.database.pool, fence, [
      { name: 'lr', step: 0, value: 0.5 },
      { name: 'lr', step: 1, value: 0.25 },
      { name: 'train_loss', step: 1, value: Number.NaN },
    ]);
    expect((await get(`${path()}/metrics`)).json()).toEqual({
      series: [
        {
          name: 'lr',
          points: [
            [0, 0.5],
            [1, 0.25],
          ],
        },
        { name: 'train_loss', points: [[1, null]] },
      ],
    });
    expect((await get(`${path()}/metrics?name=lr&from_step=1`)).json().series).toEqual([
      { name: 'lr', points: [[1, 0.25]] },
    ]);
    const csv = await get(`${path()}/metrics?name=lr&format=csv`);
    expect([csv.headers['content-type'], csv.body]).toEqual(['text/csv', 'name,step,value\nlr,0,0.5\nlr,1,0.25\n']);
    const ndjson = await get(`${path()}/metrics?name=lr,train_loss&format=ndjson&to_step=0`);
    expect(ndjson.body).toBe('{"name":"lr","step":0,"value":0.5}\n');
    expect((await get(`${path()}/metrics?max_points=1`)).statusCode).toBe(400);
  });

  test('a shortened id finds what begins so, of every kind, and what is no beginning of an id is refused', async () => {
    const id = fence.experimentId;
    for (const length of [4, 8, 9, 13, 20, 36]) {
      const { items } = (await get(`/ids/${id.slice(0, length)}`)).json();
      expect(items, id.slice(0, length)).toEqual([{ kind: 'experiment', id }]);
    }
    expect((await get(`/ids/${id.slice(0, 8).toUpperCase()}`)).json().items).toHaveLength(1);
    expect((await get(`/ids/${id.startsWith('0') ? 'ffff' : '0000'}`)).json().items).toEqual([]);
    for (const wrong of ['abc', 'nobody', `${id}0`, id.replaceAll('-', '')]) {
      expect((await get(`/ids/${wrong}`)).statusCode, wrong).toBe(400);
    }
  });

  test('logs go on after a cursor', async () => {
    for (const message of ['one', 'two\0', 'three']) await writeLogLine(api.database.pool, fence, 'info', message);
    const page = (await get(`${path()}/logs?limit=2`)).json();
    expect(page.items.map((line: { message: string }) => line.message)).toEqual(['one', 'two']);
    const rest = (await get(`${path()}/logs?cursor=${page.next_cursor}`)).json();
    expect(rest).toMatchObject({ items: [{ message: 'three' }], next_cursor: null });
  });

  const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

  function publish(bytes: Buffer): Promise<string> {
    async function* content() {
      yield bytes;
    }
    const sha256 = sha256Of(bytes);
    const meta = { step: 5, kind: 'best' as const, bytes: bytes.length, sha256, weightsSha256: 'w' };
    return storeCheckpoint(api.database.pool, fence, meta, content());
  }

  test('a download goes on where it broke off, and sends nothing to who has it', async () => {
    // Three pieces of 1 MiB and a shorter one.
    const bytes = randomBytes(3_500_000);
    const id = await publish(bytes);
    const download = (headers: Record<string, string>) =>
      api.app.inject({ url: `/checkpoints/${id}/download`, headers });
    const whole = await download({});
    const etag = String(whole.headers.etag);
    expect(whole.headers['accept-ranges']).toBe('bytes');
    for (const [range, from, to] of [
      ['bytes=0-0', 0, 1],
      ['bytes=1048570-2097160', 1_048_570, 2_097_161],
      ['bytes=2000000-', 2_000_000, bytes.length],
      ['bytes=-7', bytes.length - 7, bytes.length],
      ['bytes=3499999-9999999', 3_499_999, bytes.length],
    ] as const) {
      const part = await download({ range, 'if-range': etag });
      expect([range, part.statusCode]).toEqual([range, 206]);
      expect(part.headers['content-range']).toBe(`bytes ${from}-${to - 1}/${bytes.length}`);
      expect(part.rawPayload.equals(bytes.subarray(from, to))).toBe(true);
    }
    const outside = await download({ range: `bytes=${bytes.length}-` });
    expect([outside.statusCode, outside.headers['content-range']]).toEqual([416, `bytes */${bytes.length}`]);
    expect((await download({ 'if-none-match': etag })).statusCode).toBe(304);
    expect((await download({ 'if-none-match': `W/"other", ${etag}` })).statusCode).toBe(304);
    // The rest of something else than the client has begun with; and what is no range of bytes.
    for (const headers of [
      { range: 'bytes=5-', 'if-range': '"other"' },
      { range: 'lines=1-2' },
      { range: 'bytes=9-2' },
    ])
      expect((await download(headers)).rawPayload.equals(bytes)).toBe(true);
  });

  test('a checkpoint is listed and downloaded byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 2_500_000 }, (_, at) => at % 251));
    const id = await publish(bytes);
    const sha256 = sha256Of(bytes);
    expect((await get(`${path()}/checkpoints`)).json().items).toMatchObject([{ id, step: 5, kind: 'best', sha256 }]);
    const download = await get(`/checkpoints/${id}/download`);
    expect(download.headers['content-length']).toBe(String(bytes.length));
    expect(download.rawPayload.equals(bytes)).toBe(true);
    expect((await get(`/checkpoints/${fence.experimentId}/download`)).statusCode).toBe(404);
  });

  test('events tell what happened and happens, end with the experiment, and go on after Last-Event-ID', async () => {
    await writeMetrics(api.database.pool, fence, [{ name: 'lr', step: 0, value: 1 }]);
    const streaming = get(`${path()}/events`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await writeMetrics(api.database.pool, fence, [{ name: 'lr', step: 1, value: 2 }]);
    await writeLogLine(api.database.pool, fence, 'warn', 'line\nbreak');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await writeMetrics(api.database.pool, fence, [{ name: 'lr', step: 2, value: 3 }]);
    await settleAttempt(api.database.pool, fence, { status: 'succeeded', result: {} });
    const answer = await streaming;
    expect(answer.headers['content-type']).toBe('text/event-stream');
    const events = parse(answer.body);
    expect(events[0]).toMatchObject({ event: 'status', data: { status: 'running' } });
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { status: 'succeeded' } });
    const points = events.filter((event) => event.event === 'metrics').flatMap((event) => event.data.points);
    expect(points).toEqual([0, 1, 2].map((step) => ({ name: 'lr', step, value: step + 1 })));
    expect(events.find((event) => event.event === 'log')?.data.message).toBe('line\nbreak');

    const first = events.find((event) => event.event === 'metrics');
    const headers = { 'last-event-id': first?.id ?? '' };
    const resumed = parse((await api.app.inject({ url: `${path()}/events`, headers })).body);
    expect(resumed.filter((event) => event.event === 'metrics').flatMap((event) => event.data.points)).toHaveLength(2);
    const atEnd = { 'last-event-id': events.at(-1)?.id ?? '' };
    expect((await api.app.inject({ url: `${path()}/events`, headers: atEnd })).statusCode).toBe(204);
  });

  test('an event stream ends when the server closes', async () => {
    const streaming = get(`${path()}/events`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await api.app.close();
    expect((await streaming).statusCode).toBe(200);
  });

  test('workers, data sets, health and Prometheus metrics are there', async () => {
    await registerWorker(api.database.pool, { name: 'w', devices: ['cpu'], host: 'h', pid: 1, version: '0' });
    expect((await get('/workers')).json().items).toMatchObject([
      { name: 'w', alive: true, experiment_ids: [fence.experimentId] },
    ]);
    expect((await get('/datasets')).json().items).toEqual([{ name: 'shapes', facts: null, problem: null, notes: [] }]);
    expect((await get('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await get('/readyz')).json()).toEqual({ ready: true, database: 'ok', queue: 'ok' });
    const metrics = (await get('/metrics')).body;
    expect(metrics).toContain('spherelab_experiments{status="running"} 1\n');
    expect(metrics).toContain('spherelab_experiments_interrupted_often 0\n');
    await api.database.pool.query('UPDATE experiment SET interruptions = 10 WHERE id = $1', [fence.experimentId]);
    expect((await get('/metrics')).body).toContain('spherelab_experiments_interrupted_often 1\n');
    expect((await get(`/experiments/${fence.experimentId}`)).json()).toMatchObject({ failures: 0, interruptions: 10 });
    expect(metrics).toContain('spherelab_queue_jobs{queue="experiments-any",state="waiting"} 2\n');
    expect(metrics).toContain('spherelab_http_requests_total{method="GET",route="/healthz",status="200"} 1\n');
  });

  test('the OpenAPI document names every route, and the docs need nothing from elsewhere', async () => {
    const document = (await get('/openapi.json')).json();
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/experiments', '/sweeps/{id}/table', '/experiments/{id}/events', '/reports/paper']),
    );
    expect(document.components.schemas).toHaveProperty('Experiment');
    const docs = await get('/docs');
    expect(docs.statusCode).toBe(200);
    expect(docs.body).not.toMatch(/(src|href)="(https?:)?\/\//);
  });
});
