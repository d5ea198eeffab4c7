import { type Fence, readThumbnail, registerWorker, writeArtifact, writeEvaluationView } from '@spherelab/db';
import { type ExperimentQueue, openQueue } from '@spherelab/queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeRunning } from '../../../test/experiment-fixture.ts';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { type AppUnderTest, appUnderTest } from './app-under-test.ts';

type Items = { readonly items: readonly { readonly what: string; readonly count: number; readonly bytes: number }[] };

describe('what nothing needs any more', () => {
  let server: PostgresServer;
  let queue: ExperimentQueue;
  let api: AppUnderTest;

  beforeAll(async () => {
    server = await startPostgresServer();
    queue = openQueue({ store: 'postgres', connectionString: await server.createDatabase() });
    api = await appUnderTest(server, { queue });
  });
  afterAll(async () => {
    await api.close();
    await queue.close();
    await server.stop();
  });

  const send = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
    api.app.inject({ method, url, ...(payload ? { payload } : {}) });
  const counts = async (method: 'GET' | 'POST', url: string) => {
    const { items } = (await send(method, url)).json<Items>();
    return Object.fromEntries(items.filter(({ count }) => count > 0).map(({ what, count }) => [what, count]));
  };
  const remove = async (id: string) => {
    await api.database.pool.query(`UPDATE experiment SET status = 'cancelled' WHERE id = $1`, [id]);
    expect((await send('DELETE', `/experiments/${id}`)).statusCode).toBe(204);
  };
  const picture = (letter: string) => ({ sha256: letter.repeat(64), webp: Uint8Array.of(1, 2, 3) });
  const show = (fence: Fence, letters: readonly string[]) =>
    writeEvaluationView(api.database.pool, fence, {
      step: 1,
      norms: { low: 0, high: 2, counts: [1], mean: 1, sd: 0.5 },
      detail: { pictures: letters.map((letter) => ({ sha256: letter.repeat(64) })) },
      embeddings: Float32Array.of(1),
      dim: 1,
      thumbnails: letters.map(picture),
    });

  const membersOf = async (sweep: string): Promise<{ readonly id: string }[]> =>
    (await send('GET', `/sweeps/${sweep}/experiments`)).json().items;

  test('a sweep is deleted when its runs have ended, which stay; not while one has not', async () => {
    const sweep = (
      await send('POST', '/sweeps', { base: { dataset: 'shapes' }, grid: { loss: ['ms', 'triplet'] } })
    ).json();
    const members = await membersOf(sweep.id);
    const refused = await send('DELETE', `/sweeps/${sweep.id}`);
    expect([refused.statusCode, refused.json().detail]).toEqual([409, expect.stringContaining('cancel it first')]);
    await send('POST', `/sweeps/${sweep.id}/cancel`);
    expect((await send('DELETE', `/sweeps/${sweep.id}`)).statusCode).toBe(204);
    expect((await send('GET', `/sweeps/${sweep.id}`)).statusCode).toBe(404);
    expect((await send('DELETE', `/sweeps/${sweep.id}`)).statusCode).toBe(404);
    for (const { id } of members) {
      expect((await send('GET', `/experiments/${id}`)).json()).toMatchObject({ status: 'cancelled', sweep_id: null });
      await remove(id);
    }
  });

  test('after all is deleted nothing stays: no picture, artifact, empty sweep, job without a worker, old worker', async () => {
    const kept = await storeRunning(api.database);
    const gone = await storeRunning(api.database);
    await show(kept, ['a']);
    await show(gone, ['a', 'b']);
    await writeArtifact(api.database.pool, gone, 'graph', Uint8Array.of(1));
    const body = { dataset: 'shapes', loss: 'ms', device: 'gpu' };
    const sweep = (await send('POST', '/sweeps', { base: body, grid: { seed: [7, 8] } })).json();
    const [first, second] = await membersOf(sweep.id);
    const hint = (id = '') => ({ id, attempt: 0, priority: 0, device: 'gpu' });
    await queue.add([hint(first?.id), hint(second?.id)]);
    await registerWorker(api.database.pool, { name: 'old', devices: ['cpu'], host: 'h', pid: 1, version: '0' });
    await api.database.pool.query(`UPDATE worker SET heartbeat_at = now() - interval '31 days'`);
    expect(await counts('GET', '/leftovers')).toEqual({ 'old workers': 1 });

    await remove(gone.experimentId);
    await remove(first?.id ?? '');
    expect(await counts('GET', '/leftovers')).toEqual({
      thumbnails: 1,
      artifacts: 1,
      'old workers': 1,
      'queue jobs': 1,
    });
    await remove(second?.id ?? '');
    const all = { thumbnails: 1, artifacts: 1, 'empty sweeps': 1, 'old workers': 1, 'queue jobs': 2 };
    expect(await counts('GET', '/leftovers')).toEqual(all);
    expect(await counts('POST', '/leftovers/collect')).toEqual(all);
    expect(await counts('GET', '/leftovers')).toEqual({});
    expect((await queue.counts())['experiments-gpu']).toMatchObject({ waiting: 0, prioritized: 0 });
    expect((await send('GET', `/sweeps/${sweep.id}`)).statusCode).toBe(404);
    expect(await readThumbnail(api.database.pool, 'a'.repeat(64))).not.toBeNull();
    expect(await readThumbnail(api.database.pool, 'b'.repeat(64))).toBeNull();
  });
});
