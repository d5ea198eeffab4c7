import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  claimExperiment,
  type Fence,
  nextExperiment,
  recordStart,
  settleAttempt,
  writeEvaluationView,
  writeMetrics,
} from '@spherelab/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advanceStudies } from '../apps/api/src/background/advance-studies.ts';
import { type AppUnderTest, appUnderTest, catalogue } from '../apps/api/test/app-under-test.ts';
import { runSpherelab } from '../apps/cli/test/run-spherelab.ts';
import { foreignParts, htmlFaults } from './html-faults.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';

const hostile = '</style></title><script>alert("1")</script>';
const imagesShown = 1_000;
/** Of a picture: as much as the largest that evaluations keep. */
const pictureBytes = 4_000;
const environment = { cpu: '<b>EPYC</b>', tensorflow: '2.21.0', numerics: 'a'.repeat(64), data_sha256: 'd'.repeat(64) };

describe('spherelab report', () => {
  let server: PostgresServer;
  let api: AppUnderTest;
  let folder: string;
  let url: string;
  let sweep: string;

  beforeAll(async () => {
    server = await startPostgresServer();
    api = await appUnderTest(server);
    url = await api.app.listen({ host: '127.0.0.1', port: 0 });
    folder = await mkdtemp(path.join(tmpdir(), 'spherelab-report-'));
    const grid = { loss: ['triplet', 'semihtriplet', 'n-npair', 'ms'], sec_wei: [0, 0.5], seed: [0, 1, 2] };
    sweep = (await post<{ id: string }>('/sweeps', { name: hostile, base: { dataset: 'shapes' }, grid })).id;
    await work();
  });
  afterAll(async () => {
    await api.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const post = async <T>(route: string, payload: object): Promise<T> => {
    const answer = await api.app.inject({ method: 'POST', url: route, payload });
    if (answer.statusCode >= 400) throw new Error(`${route}: ${answer.body}`);
    return answer.json() as T;
  };
  const spherelab = (...args: string[]) => runSpherelab(args, { SPHERELAB_URL: url });
  const report = async (id: string): Promise<string> => {
    const out = path.join(folder, `${id}.html`);
    const { code, stderr } = await spherelab('report', id, '--format', 'html', '--out', out);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/\d+ KiB/) });
    return readFile(out, 'utf8');
  };

  /** Ends what is queued, with all that an evaluation of a large data set shows. */
  async function work(): Promise<void> {
    for (;;) {
      const id = await nextExperiment(api.database.pool, ['any']);
      if (id === null) return;
      const run = await claimExperiment(api.database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
      if (run === null) throw new Error(`${id} was not to be had`);
      const fence = { experimentId: id, attempt: run.attempt };
      await recordStart(api.database.pool, fence, { totalUpdates: 400, resumedFromStep: null, environment });
      const { sec_wei: sec, seed } = run.config;
      const recall = 0.4 + 0.01 * (seed % 4) + 0.2 * sec * (1 + (seed % 3) / 5);
      const steps = Array.from({ length: 400 }, (_, step) => step);
      await writeMetrics(api.database.pool, fence, [
        ...steps.map((step) => ({ name: 'train_loss', step, value: 1 / (1 + step) })),
        ...steps
          .filter((step) => step % 40 === 0)
          .map((step) => ({ name: 'recall_at_1', step, value: recall * (step / 400) })),
      ]);
      await show(fence, seed);
      const at = { step: 399, metrics: { recall_at_1: recall, nmi: 0.5 + 0.01 * seed, norm_cv: 0.3 - sec / 2 } };
      await settleAttempt(api.database.pool, fence, { status: 'succeeded', result: { best: at, last: at } });
    }
  }

  async function show(fence: Fence, seed: number): Promise<void> {
    const pictures = Array.from({ length: imagesShown }, (_, at) => {
      const webp = createHash('shake256', { outputLength: pictureBytes })
        .update(`${fence.experimentId} ${at}`)
        .digest();
      return { sha256: createHash('sha256').update(webp).digest('hex'), webp };
    });
    const neighbours = (query: number) =>
      Array.from({ length: 10 }, (_, at) => ({
        picture: (7 * query + at + 1) % imagesShown,
        cosine: 0.9,
        right: at % 2 === 0,
      }));
    const detail = {
      pictures: pictures.map(({ sha256 }, at) => ({
        sha256,
        path: `<script>class ${at % 40}/"${at}".png`,
        label: at % 40,
      })),
      map: { explained: [0.5, 0.25], points: pictures.map((_, at) => [at, Math.sin(at), Math.cos(at * seed)]) },
      queries: Array.from({ length: 120 }, (_, at) => ({
        picture: at,
        hardness: 0.2 - at / 300,
        neighbours: neighbours(at),
      })),
      queries_ranked: 1_000,
      queries_failed: 300,
    };
    const view = {
      norms: { low: 1, high: 2, counts: [3, 9, 4], mean: 1.5, sd: 0.1 },
      detail,
      embeddings: Float32Array.of(1),
      dim: 1,
    };
    const shown = detail.queries.flatMap(({ picture, neighbours: near }) => [
      picture,
      ...near.map((one) => one.picture),
    ]);
    const thumbnails = [...new Set(shown)].map((at) => pictures[at] as (typeof pictures)[number]);
    await writeEvaluationView(api.database.pool, fence, { step: 399, ...view, thumbnails });
  }

  it('of a sweep of 24 cells is one file under 5 MB that fetches and runs nothing, and is whole', async () => {
    const page = await report(sweep);
    expect(Buffer.byteLength(page)).toBeLessThan(5_000_000);
    expect(foreignParts(page)).toEqual([]);
    expect(htmlFaults(page)).toEqual([]);
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page).toContain('prefers-color-scheme: dark');
    // Names of others are text.
    expect(page).toContain('<h1>&lt;/style&gt;&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</h1>');
    expect(page).toContain('<span>&lt;script&gt;class 0</span>');
    expect(page).toContain('&lt;b&gt;EPYC&lt;/b&gt;');
  });

  it('has tables, paired differences in words, curves, norms, neighbours, maps, configs and environment', async () => {
    const page = await report(sweep);
    for (const heading of [
      'Results',
      'Paired differences',
      'Curves',
      'Norms of the embeddings',
      'Neighbours',
      'Maps',
      'Configs',
      'Environment',
      'Left out',
    ]) {
      expect(page).toContain(`<h2>${heading}</h2>`);
    }
    const table = JSON.parse((await spherelab('report', sweep, '--format', 'json')).stdout);
    expect(table.rows).toHaveLength(8);
    const { mean, ci95, sd } = table.rows[0].metrics.recall_at_1;
    const percent = (value: number) => (100 * value).toFixed(1);
    expect(page).toContain(
      `<strong>${percent(mean)}</strong><span class="spread">[${ci95.map(percent).join(', ')}]</span><span class="spread">sd ${percent(sd)}</span>`,
    );
    for (const pair of table.pairs) expect(page).toContain(pair.metrics.recall_at_1.text);
    // Eight rows of three runs, plain and SEC over one another for each loss, and pictures of four rows.
    expect(page.match(/class="line c\d"/g)).toHaveLength(2 * 8);
    expect(page.match(/class="band c\d"/g)).toHaveLength(2 * 8);
    expect(page.match(/class="histogram c0"/g)).toHaveLength(4);
    expect(page.match(/class="histogram c1"/g)).toHaveLength(4);
    expect(page.match(/class="query"/g)).toHaveLength(4 * 5);
    expect(page.match(/<figure class="map">/g)).toHaveLength(4);
    expect(page).toContain('Neighbours and maps are of 4 of 8 rows.');
    expect(page.match(/<img /g)?.length).toBeGreaterThan(100);
    expect(page).toMatch(/<td class="text">dataset<\/td><td class="text">shapes<\/td><td class="text">user<\/td>/);
    expect(page).toContain(environment.data_sha256);
  });

  it('prints the table of a sweep in other formats, and the paper beside ours without an id', async () => {
    expect((await spherelab('report', sweep)).stdout).toMatch(/^\| loss \| sec_wei \| n \|/);
    expect((await spherelab('report', sweep, '--format', 'csv')).stdout).toMatch(/^loss,sec_wei,n,recall_at_1_mean/);
    expect((await spherelab('report')).stdout).toMatch(/^Percent: ours \/ paper/);
    expect(JSON.parse((await spherelab('report', '--json')).stdout).rows).toHaveLength(48);
  });

  it('of a study has the verdict, the pairs, the tuning, the plan and its hash, also after its runs are gone', async () => {
    const study = await post<{ id: string; plan_sha256: string; sweep_id: string }>('/studies', {
      base: { dataset: 'shapes', loss: 'triplet' },
      arms: [{ name: 'plain' }, { name: 'sec', set: { sec_wei: 0.5 } }],
      tune: { space: { lr: [0.001, 0.01] }, trials: 2, seeds: [1000] },
      budget: { pairs: 8 },
      first_seed: 20,
    });
    const known = { database: api.database, catalogue, numerics: 'a'.repeat(64), dataRoot: '/nonexistent' };
    const read = async () => (await api.app.inject({ url: `/studies/${study.id}` })).json();
    for (let round = 0; (await read()).status === 'open'; round += 1) {
      if (round > 40) throw new Error('the study does not end');
      await advanceStudies(known, (id, error) => {
        throw new Error(id, { cause: error });
      });
      await work();
    }
    const before = await report(study.id);
    for (const part of [
      'sec against plain: helps.',
      study.plan_sha256,
      'Tuning',
      'class="whisker"',
      'class="map"',
      '&quot;alpha&quot;: 0.05',
    ]) {
      expect(before).toContain(part);
    }
    expect(before).not.toContain('have been deleted');
    const pairs = (await spherelab('report', study.id, '--format', 'csv')).stdout.trim().split('\n');
    expect(pairs).toHaveLength(1 + (await read()).state.comparisons[0].pairs.length);
    const told = (await spherelab('report', study.id)).stdout;
    expect(told).toMatch(/\n\n\| seed \| plain, % \| sec, % \| difference \|/);
    expect(told).toContain('sec: helps.');
    expect(JSON.parse((await spherelab('report', study.id, '--json')).stdout)).toEqual(await read());

    const runs = (await api.app.inject({ url: `/sweeps/${study.sweep_id}/experiments?limit=100` })).json().items;
    for (const { id } of runs) await api.app.inject({ method: 'DELETE', url: `/experiments/${id}` });
    const after = await report(study.id);
    expect(after).toContain('sec against plain: helps.');
    expect(after).toContain('runs have been deleted: what only they knew is not here.');
    for (const page of [before, after]) {
      expect(foreignParts(page)).toEqual([]);
      expect(htmlFaults(page)).toEqual([]);
    }
  });

  it.each([
    [['--format', 'html'], /needs the id of a study or sweep/],
    [['0', '--format', 'html'], /--out is missing/],
    [['0', '--format', 'pdf'], /--format pdf: must be md, csv, json, html/],
    [['0'], /there is no study and no sweep 0/],
    [['0', '--format', 'html', '--out', '/nonexistent/r.html'], /there is no folder/],
  ])('refuses %j, saying what is wanted, and leaves no file', async (args, said) => {
    const before = await readdir(folder);
    const { code, stderr } = await spherelab('report', ...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(said);
    expect(await readdir(folder)).toEqual(before);
  });
});
