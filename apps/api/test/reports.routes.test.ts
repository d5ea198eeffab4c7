import { readFileSync } from 'node:fs';
import path from 'node:path';
import { canonicalDatasetName } from '@spherelab/catalogue';
import { claimExperiment, recordStart, settleAttempt } from '@spherelab/db';
import { describe, expect, test } from 'vitest';
import { storeExperiment } from '../../../test/experiment-fixture.ts';
import { goldenRoot } from '../../../test/golden-reader.ts';
import type { ReportRow } from '../src/tables/paper-report.ts';
import { type AppUnderTest, appForEachTest } from './app-under-test.ts';

const secOnCub = { dataset: 'cub', loss: 'triplet', sec_wei: 1 };

describe('the paper report over HTTP', () => {
  let api: AppUnderTest;

  appForEachTest((fresh) => {
    api = fresh;
  });

  const get = (url: string) => api.app.inject({ url });
  const rows = async () => (await get('/reports/paper')).json().rows as ReportRow[];
  const rowOf = async (dataset: string, loss: string, regulariser: string) =>
    (await rows()).find((row) => row.dataset === dataset && row.loss === loss && row.regulariser === regulariser);

  async function start(id: string): Promise<number> {
    const claimed = await claimExperiment(api.database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
    return claimed?.attempt ?? 0;
  }

  async function finish(id: string, last: object, best: object, dataList: string): Promise<void> {
    const fence = { experimentId: id, attempt: await start(id) };
    const environment = { data_list_sha256: dataList };
    await recordStart(api.database.pool, fence, { totalUpdates: 8001, resumedFromStep: null, environment });
    const result = { last: { step: 8000, metrics: last }, best: { step: 100, metrics: best } };
    await settleAttempt(api.database.pool, fence, { status: 'succeeded', result });
  }

  async function ran(over: object, recall: number, dataList = 'a'): Promise<string> {
    const { id } = await storeExperiment(api.database, { ...over });
    await finish(id, { recall_at_1: recall, nmi: recall + 0.01 }, { recall_at_1: recall + 0.02 }, dataList);
    return id;
  }

  test('has the 48 rows of the published table in order, none of them run, nothing measured', async () => {
    const [header = '', ...lines] = readFileSync(path.join(goldenRoot(), 'paper-results.csv'), 'utf8')
      .trim()
      .split('\n');
    const recallAt1 = header.split(',').indexOf('R@1');
    const expected = lines.map((line) => {
      const cells = line.split(',');
      const [dataset = '', loss, regulariser] = cells;
      return [canonicalDatasetName(dataset), loss, regulariser, Number(cells[recallAt1])];
    });
    const report = await rows();
    expect(
      report.map(({ dataset, loss, regulariser, metrics }) => [
        dataset,
        loss,
        regulariser,
        Number((100 * (metrics.recall_at_1?.paper ?? 0)).toFixed(2)),
      ]),
    ).toEqual(expected);
    expect(new Set(report.map(({ status }) => status))).toEqual(new Set(['not run']));
    expect(report[0]?.metrics.nmi).toEqual({
      paper: 0.5985,
      n: 0,
      mean: null,
      sd: null,
      difference: null,
      ci95: null,
      best_on_test: null,
    });
    expect(report.at(-1)?.metrics).not.toHaveProperty('nmi');
  });

  test("counts the seeds that ran exactly the cell's config, by their last evaluation", async () => {
    const ids = [];
    for (const [seed, recall] of [0.6, 0.61, 0.65].entries()) ids.push(await ran({ ...secOnCub, seed }, recall));
    const row = await rowOf('cub', 'triplet', 'sec');
    expect(row).toMatchObject({ status: 'done', n: 3, seeds: [0, 1, 2], experiment_ids: ids, weight_source: 'readme' });
    const recall = row?.metrics.recall_at_1;
    expect(recall).toMatchObject({ paper: 0.6082, n: 3 });
    expect(recall?.mean).toBeCloseTo(0.62, 12);
    expect(recall?.difference).toBeCloseTo(0.62 - 0.6082, 12);
    expect(recall?.sd).toBeCloseTo(0.0264575, 6);
    expect(recall?.ci95?.[0]).toBeCloseTo(0.55428, 4);
    expect(recall?.best_on_test?.mean).toBeCloseTo(0.64, 12);
    // Measured by no run: absent is not 0.
    expect(row?.metrics.f1).toMatchObject({ n: 0, mean: null });
    expect(row?.data_lists).toEqual(['a']);
    await ran({ ...secOnCub, seed: 3 }, 0.6, 'b');
    expect((await rowOf('cub', 'triplet', 'sec'))?.data_lists).toEqual(['a', 'b']);
  });

  test('leaves out what differs from the cell in any value, and counts a seed that ran twice once', async () => {
    for (const over of [
      { lr: 1e-5 },
      { sec_wei: 0.5 },
      { protocol: 'validation' },
      { weights: 'random' },
      { steps: 10 },
      { dataset: 'cars' },
    ]) {
      await ran({ ...secOnCub, ...over }, 0.9);
    }
    await ran(secOnCub, 0.1);
    const newest = await ran({ ...secOnCub, device: 'gpu', name: 'again', tags: ['x'] }, 0.6);
    const row = await rowOf('cub', 'triplet', 'sec');
    expect(row).toMatchObject({ n: 1, experiment_ids: [newest], metrics: { recall_at_1: { mean: 0.6, sd: null } } });
    expect(row?.metrics.recall_at_1?.ci95).toBeNull();
    expect(await rowOf('cars', 'triplet', 'sec')).toMatchObject({ n: 1, metrics: { recall_at_1: { mean: 0.9 } } });
  });

  test('says how each cell stands: what happens now before what has happened', async () => {
    const status = async () => (await rowOf('cub', 'triplet', 'sec'))?.status;
    const first = await storeExperiment(api.database, secOnCub);
    expect(await status()).toBe('queued');
    await api.app.inject({ method: 'POST', url: `/experiments/${first.id}/cancel` });
    expect(await status()).toBe('not run');
    const failing = await storeExperiment(api.database, secOnCub);
    const fence = { experimentId: failing.id, attempt: await start(failing.id) };
    expect(await status()).toBe('running');
    const error = { code: 'invalid_image', message: 'no picture', retryable: false };
    await settleAttempt(api.database.pool, fence, { status: 'failed', error });
    expect(await status()).toBe('failed');
    await ran({ ...secOnCub, seed: 1 }, 0.6);
    expect(await status()).toBe('done');
    await storeExperiment(api.database, { ...secOnCub, seed: 2 });
    expect(await status()).toBe('queued');
  });

  test('pairs a regulariser with the same loss without it, seed by seed', async () => {
    const differences = [0.01, 0.02, 0.03, 0.02];
    for (const [seed, difference] of differences.entries()) {
      await ran({ dataset: 'cub', loss: 'triplet', seed }, 0.5 + seed / 10);
      await ran({ ...secOnCub, seed }, 0.5 + seed / 10 + difference);
    }
    await ran({ ...secOnCub, seed: 9 }, 0.9);
    const row = await rowOf('cub', 'triplet', 'sec');
    expect(row?.minus_plain.recall_at_1).toMatchObject({ n: 4, verdict: 'higher' });
    expect(row?.minus_plain.recall_at_1?.mean).toBeCloseTo(0.02, 12);
    expect(row?.minus_plain.recall_at_1?.text).toBe('+2.0 points [0.7, 3.3], 4 pairs');
    expect(Object.keys(row?.minus_plain ?? {})).toEqual(['recall_at_1', 'nmi']);
    expect((await rowOf('cub', 'triplet', 'none'))?.minus_plain).toEqual({});
    expect((await rowOf('cub', 'ms', 'sec'))?.minus_plain).toEqual({});
    const md = (await get('/reports/paper?format=md')).body;
    expect(md).toContain('- triplet, sec minus none: R@1 +2.0 points [0.7, 3.3], 4 pairs; NMI +2.0 points');
    const line = (await get('/reports/paper?format=csv')).body
      .split('\n')
      .find((one) => one.includes('triplet,sec,done,nmi'));
    expect(line).toMatch(/,4,0\.0\d+,0\.0\d+,0\.0\d+,higher$/);
  });

  test('comes as CSV with a line for each number, and as Markdown with a table for each data set', async () => {
    await ran(secOnCub, 0.62);
    const csv = await get('/reports/paper?format=csv');
    expect(csv.headers['content-type']).toContain('text/csv');
    const lines = csv.body.trim().split('\n');
    expect(lines).toHaveLength(1 + 12 * (6 + 6 + 6 + 6));
    const line = lines.find((one) => one.startsWith('cub,triplet,sec,done,recall_at_1,'));
    expect(line).toMatch(/^cub,triplet,sec,done,recall_at_1,0\.6082,1,0\.62,,0\.0118\d*,,,0\.64,,not recorded,,,,,$/);
    const md = (await get('/reports/paper?format=md')).body;
    expect(md).toContain('62.00 / 60.82 (+1.18)');
    expect(md).toContain('| triplet | none | not run | 0 | - / 59.85 |');
    expect(md.match(/^## /gm)).toHaveLength(4);
    expect(md).toContain('chosen on the test\nclasses');
    expect((await get('/reports/paper?format=xml')).statusCode).toBe(400);
  });
});
