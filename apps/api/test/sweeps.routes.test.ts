import { gunzipSync } from 'node:zlib';
import { claimExperiment, countOutbox, settleAttempt } from '@spherelab/db';
import { describe, expect, test } from 'vitest';
import { type AppUnderTest, appForEachTest } from './app-under-test.ts';

describe('sweeps over HTTP', () => {
  let api: AppUnderTest;

  appForEachTest((fresh) => {
    api = fresh;
  });

  const post = (url: string, payload: object = {}) => api.app.inject({ method: 'POST', url, payload });
  const get = (url: string) => api.app.inject({ url });
  const grid = { loss: ['triplet', 'ms'], sec_wei: [0, 1], seed: [0, 1, 2] };
  const sweep = { name: 'grid', base: { dataset: 'shapes' }, grid };

  const cellsOf = async (id: string) => (await get(`/sweeps/${id}/experiments`)).json().items;

  async function finish(id: string, recall: number): Promise<void> {
    const claimed = await claimExperiment(api.database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
    const at = { step: 1, metrics: { recall_at_1: recall, norm_cv: recall / 2 } };
    await settleAttempt(
      api.database.pool,
      { experimentId: id, attempt: claimed?.attempt ?? 0 },
      { status: 'succeeded', result: { best: at, last: { step: 2, metrics: { recall_at_1: 0 } } } },
    );
  }

  test('a sweep queues every cell in order, and a config that is there already is shown, not run again', async () => {
    const single = await post('/experiments', { dataset: 'shapes', loss: 'ms', sec_wei: 1, seed: 2 });
    const answer = await post('/sweeps', sweep);
    expect(answer.statusCode).toBe(201);
    const body = answer.json();
    expect(body).toMatchObject({ name: 'grid', total: 12, counts: { queued: 12 }, request: { grid } });
    expect(body).not.toHaveProperty('experiments');
    const items = await cellsOf(body.id);
    const cells = items.map(({ config }: { config: Record<string, unknown> }) => [
      config.loss,
      config.sec_wei,
      config.seed,
    ]);
    expect(cells.slice(0, 4)).toEqual([
      ['triplet', 0, 0],
      ['triplet', 0, 1],
      ['triplet', 0, 2],
      ['triplet', 1, 0],
    ]);
    expect(items.at(-1).id).toBe(single.json().id);
    expect(await countOutbox(api.database.pool)).toBe(12);
    expect((await get(`/experiments?sweep=${body.id}`)).json().items).toHaveLength(12);
    expect((await get('/sweeps')).json().items).toMatchObject([{ id: body.id, total: 12 }]);

    const cancelled = (await post(`/sweeps/${body.id}/cancel`)).json();
    expect(cancelled).toMatchObject({ cancelled: 11, counts: { cancelled: 11, queued: 1 } });
  });

  test('a sweep tells what it costs before it starts, and with dry_run does nothing else', async () => {
    const schedules = {
      base: { dataset: 'shapes', loss: 'triplet', steps: 60, eval_every: 20, milestones: [40] },
      grid: { lr_gamma: [0.1, 0.5] },
    };
    const plan = { cells: 2, updates_asked: 2 * 61, updates_to_run: 61 + 21, seconds: null };
    const preview = await post('/sweeps', { ...schedules, dry_run: true });
    expect([preview.statusCode, preview.json()]).toEqual([200, { plan }]);
    for (const list of ['/sweeps', '/experiments']) expect((await get(list)).json().items).toEqual([]);
    expect(api.kicks()).toBe(0);

    const posted = (await post('/sweeps', schedules)).json();
    expect(posted.plan).toEqual(plan);
    expect((await get(`/sweeps/${posted.id}`)).json()).toMatchObject({ plan, request: { grid: schedules.grid } });
    const [first, second] = await cellsOf(posted.id);
    expect(first.waits_for).toBeNull();
    expect(second).toMatchObject({
      status: 'queued',
      status_reason: expect.stringContaining(`waits for experiment ${first.id}`),
      waits_for: { experiment_id: first.id, step: 40 },
    });
    expect((await post('/sweeps', { ...schedules, dry_run: true })).json().plan.updates_to_run).toBe(0);
  });

  test.each([
    [{ ...sweep, dry_run: 'maybe' }, 'dry_run'],
    [{ ...sweep, grid: { ...grid, lr: [0.1, -1] } }, 'grid.lr'],
    [{ ...sweep, grid: { ...grid, instances: [5, 1] } }, 'instances'],
    [{ ...sweep, base: { dataset: 'no-such' } }, 'dataset'],
    [{ ...sweep, grid: {} }, 'grid'],
    [{ ...sweep, gird: {} }, 'gird'],
    [{ ...sweep, grid: { ...grid, seed: Array.from({ length: 2_000 }, (_, seed) => seed) } }, 'grid'],
  ])('a sweep with one bad cell is refused, and nothing is stored (%#)', async (payload, field) => {
    const answer = await post('/sweeps', payload);
    expect(answer.statusCode).toBe(400);
    expect(JSON.stringify(answer.json().errors)).toContain(field.split('.').at(-1));
    expect((await get('/experiments')).json().items).toEqual([]);
    expect((await get('/sweeps')).json().items).toEqual([]);
  });

  test('the cells are paged in the order of the grid, and a cursor of another list is refused', async () => {
    const { id } = (await post('/sweeps', sweep)).json();
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const page = (await get(`/sweeps/${id}/experiments?limit=5${cursor && `&cursor=${cursor}`}`)).json();
      seen.push(...page.items.map((cell: { id: string }) => cell.id));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(seen).toEqual((await cellsOf(id)).map((cell: { id: string }) => cell.id));
    expect(seen).toHaveLength(12);
    const other = (await get('/experiments?limit=1')).json().next_cursor;
    expect((await get(`/sweeps/${id}/experiments?cursor=${other}`)).statusCode).toBe(400);
  });

  test('lists are compressed where the client takes that, and small answers are not', async () => {
    const { id } = (await post('/sweeps', sweep)).json();
    const url = `/sweeps/${id}/experiments`;
    const answer = await api.app.inject({ url, headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(answer.rawPayload).toString()).items).toHaveLength(12);
    expect(answer.rawPayload.length).toBeLessThan((await get(url)).rawPayload.length / 5);
    const small = await api.app.inject({ url: '/healthz', headers: { 'accept-encoding': 'gzip' } });
    expect(small.headers['content-encoding']).toBeUndefined();
  });

  test('the table has n, mean, interval and sd over the seeds, and pairs of rows, in four formats', async () => {
    const body = (await post('/sweeps', sweep)).json();
    const recalls = [0.5, 0.6, 0.7, 0.8];
    const items = await cellsOf(body.id);
    for (const [at, recall] of recalls.entries()) await finish(items[at].id, recall);
    const table = (await get(`/sweeps/${body.id}/table?at=best`)).json();
    expect(table.fields).toEqual(['loss', 'sec_wei']);
    expect(table.rows).toHaveLength(4);
    expect(table.rows[0]).toMatchObject({ settings: { loss: 'triplet', sec_wei: 0 }, n: 3, total: 3 });
    expect(table.rows[0].metrics.recall_at_1.mean).toBeCloseTo(0.6, 12);
    expect(table.rows[0].metrics.recall_at_1.sd).toBeCloseTo(0.1, 12);
    expect(table.rows[1]).toMatchObject({ n: 1, total: 3, metrics: { recall_at_1: { n: 1, mean: 0.8, sd: null } } });
    expect(table.rows[2]).toMatchObject({ n: 0, metrics: {} });
    expect(table.rows[0].metrics.recall_at_1.ci95).toEqual([expect.closeTo(0.35159, 5), expect.closeTo(0.84841, 5)]);
    expect(table.pairs).toMatchObject([
      {
        field: 'sec_wei',
        baseline: { loss: 'triplet', sec_wei: 0 },
        treatment: { loss: 'triplet', sec_wei: 1 },
        metrics: { recall_at_1: { n: 1, mean: expect.closeTo(0.3, 12), ci95: null, verdict: 'one pair' } },
      },
    ]);
    for (const url of [`/sweeps/${body.id}/table`, '/reports/paper', '/openapi.json'])
      expect([url, (await get(url)).headers['content-type']]).toEqual([
        url,
        expect.stringMatching(/^application\/json/),
      ]);
    const csv = (await get(`/sweeps/${body.id}/table?at=best&format=csv`)).body.split('\n');
    const columns = ['recall_at_1', 'norm_cv'].flatMap((name) =>
      ['mean', 'sd', 'ci95_low', 'ci95_high'].map((part) => `${name}_${part}`),
    );
    expect(csv[0]).toBe(`loss,sec_wei,n,${columns.join(',')},numerics,data_sha256`);
    expect(csv[2]).toBe('triplet,1,1,0.8,,,,0.4,,,,not recorded,not recorded');
    const md = (await get(`/sweeps/${body.id}/table?at=best&format=md`)).body;
    expect(md).toContain('| loss | sec_wei | n | recall_at_1 ± 95 % | sd | norm_cv ± 95 % | sd | numerics |');
    expect(md).toContain('| triplet | 0 | 3 | 60.0 ± 24.8 | 10.0 | 0.300 ± 0.124 | 0.050 |');
    expect(md).toContain('| triplet | 1 | 1 | 80.0 |  | 0.400 |  |');
    expect(md).toContain('± reaches to the farther end of the 95 % interval');
    expect(md).toContain('| sec_wei 1, loss triplet | sec_wei 0 | +30.0 points, one pair | +0.150, one pair |');
    const latex = (await get(`/sweeps/${body.id}/table?at=best&format=latex`)).body;
    expect(latex).toContain(
      'loss & sec\\_wei & n & recall\\_at\\_1 $\\pm$ 95 \\% & sd & norm\\_cv $\\pm$ 95 \\% & sd \\\\',
    );
    expect(latex).toContain('60.0 $\\pm$ 24.8 & 10.0');
    expect(latex).toContain('sec\\_wei 1, loss triplet & sec\\_wei 0 & +30.0 points, one pair');
    // The last evaluation unless asked otherwise: the best one is chosen on the test classes.
    const byDefault = (await get(`/sweeps/${body.id}/table`)).json();
    expect(byDefault).toMatchObject({ at: 'last', rows: [{ metrics: { recall_at_1: { mean: 0 } } }, {}, {}, {}] });
    expect((await get(`/sweeps/${body.id}/table?format=xml`)).statusCode).toBe(400);
    expect((await get('/sweeps/nonsense/table')).statusCode).toBe(404);
  });

  describe('across versions of the code', () => {
    const single = { base: { dataset: 'shapes' }, grid: { loss: ['triplet'], seed: [0, 1] } };
    const versions = ['a', 'b'].map((letter) => letter.repeat(64));
    const idsOf = async (id: string): Promise<string[]> => (await cellsOf(id)).map((one: { id: string }) => one.id);

    /** As a release of before posted and ran it. */
    async function age(id: string, numerics: string): Promise<void> {
      await finish(id, 0.5);
      await api.database.pool.query(
        `UPDATE experiment SET identity = 'old', dedup_identity = 'old' || id,
           provenance = provenance || jsonb_build_object('numerics', $2::text),
           environment = jsonb_build_object('numerics', $2::text, 'data_sha256', 'd') WHERE id = $1`,
        [id, numerics],
      );
    }

    test('the same config is a new run by default, and links the earlier one', async () => {
      const before = (await post('/experiments', { dataset: 'shapes', loss: 'triplet' })).json();
      expect(before.provenance).toMatchObject({ numerics: versions[0], weights_sha256: 'random' });
      expect((await get(`/experiments/${before.id}`)).json().earlier).toBeNull();
      await age(before.id, versions[1] as string);
      const again = await post('/experiments', { dataset: 'shapes', loss: 'triplet' });
      expect(again.statusCode).toBe(201);
      const { earlier } = (await get(`/experiments/${again.json().id}`)).json();
      expect(earlier).toEqual({ experiment_id: before.id, numerics: versions[1] });
      const longer = (await post('/experiments', { dataset: 'shapes', loss: 'triplet', steps: 999 })).json();
      expect((await get(`/experiments/${longer.id}`)).json().earlier).toBeNull();
    });

    test('a sweep takes older results where it says so, and its tables mark rows that mix versions', async () => {
      const { id } = (await post('/experiments', { dataset: 'shapes', loss: 'triplet', seed: 0 })).json();
      await age(id, versions[1] as string);
      const strict = (await post('/sweeps', single)).json();
      expect(await idsOf(strict.id)).not.toContain(id);
      const mixed = (await post('/sweeps', { ...single, reuse: 'any' })).json();
      const [first, second] = await idsOf(mixed.id);
      expect(first).toBe(id);
      await finish(second as string, 0.7);
      await api.database.pool.query(
        `UPDATE experiment SET environment = jsonb_build_object('numerics', $2::text, 'data_sha256', 'd') WHERE id = $1`,
        [second, versions[0]],
      );
      const table = (format: string) => get(`/sweeps/${mixed.id}/table?format=${format}&at=best`);
      expect((await table('json')).json().rows).toMatchObject([
        { n: 2, numerics: versions, data_sha256: ['d'], mixed: true },
      ]);
      expect((await table('csv')).body).toContain(`,${versions.join(' ')},d\n`);
      for (const format of ['md', 'latex']) {
        const { body } = await table(format);
        expect(body).toContain('2*');
        expect(body).toContain('mixes results of several versions of the code');
        expect(body).toContain('aaaaaaaaaaaa + bbbbbbbbbbbb');
      }
      const forced = (await post('/sweeps', { ...single, reuse: 'any', force: true })).json();
      expect(await idsOf(forced.id)).not.toContain(id);
    });

    test('results of other images are never taken', async () => {
      const { id } = (await post('/experiments', { dataset: 'shapes', loss: 'triplet', seed: 0 })).json();
      await age(id, versions[1] as string);
      await api.database.pool.query(
        `UPDATE experiment SET provenance = provenance || '{"data_sha256": "other"}' WHERE id = $1`,
        [id],
      );
      const sweep = (await post('/sweeps', { ...single, reuse: 'any' })).json();
      expect(await idsOf(sweep.id)).not.toContain(id);
    });
  });
});
