import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advanceStudies } from '../apps/api/src/background/advance-studies.ts';
import { advanceSweeps } from '../apps/api/src/background/advance-sweeps.ts';
import { type AppUnderTest, appUnderTest, catalogue } from '../apps/api/test/app-under-test.ts';
import { runSpherelab } from '../apps/cli/test/run-spherelab.ts';
import { axeFindings } from './axe-findings.ts';
import { openBrowserPage } from './browser-page.ts';
import { chromiumMissing, provideChromium } from './chromium.mjs';
import { endQueued } from './end-queued.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';

const executablePath = provideChromium();
const pageFolder = fileURLToPath(new URL('../apps/dashboard/dist', import.meta.url));
const name = executablePath === null ? `studies on the page (${chromiumMissing})` : 'studies on the page';

type Study = { readonly id: string; readonly status: string; readonly reason: string; readonly sweep_id: string };

describe.skipIf(executablePath === null)(name, () => {
  let server: PostgresServer;
  let api: AppUnderTest;
  let url: string;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startPostgresServer();
    api = await appUnderTest(server, { pageFolder });
    url = await api.app.listen({ host: '127.0.0.1', port: 0 });
    ({ browser, page } = await openBrowserPage(executablePath, (text) => complaints.push(text)));
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await api?.close();
    await server?.stop();
  }, 60_000);

  const post = async <T>(route: string, payload: object = {}): Promise<T> => {
    const answer = await api.app.inject({ method: 'POST', url: route, payload });
    if (answer.statusCode >= 400) throw new Error(`${route}: ${answer.body}`);
    return answer.json() as T;
  };
  const get = async <T>(route: string): Promise<T> => (await api.app.inject({ url: route })).json() as T;
  const open = (address: string) => page.goto(url + address);
  const badge = () => page.locator('main .page-head .badge');
  const known = () => ({ database: api.database, catalogue, numerics: 'a'.repeat(64), dataRoot: '/nonexistent' });
  const isFault = (id: string, error: unknown) => {
    throw new Error(id, { cause: error });
  };

  /** Ends so many of the queued runs: SEC gains ten points or so, more lr gains more, and `fails` says whose run fails. */
  const work = (most: number, fails: (config: { readonly lr: number }) => boolean = () => false) =>
    endQueued(
      api.database,
      (config) => {
        const { sec_wei: sec, seed, lr } = config;
        const recall = 0.4 + 10 * lr + 0.01 * (seed % 4) + 0.2 * sec * (1 + (seed % 3));
        const nmi = 0.5 + 0.01 * (seed % 2) + 0.1 * sec;
        return fails(config) ? null : { recall_at_1: recall, nmi, norm_cv: 0.3 - sec / 2 };
      },
      most,
    );

  const question = {
    base: { dataset: 'shapes', loss: 'triplet' },
    arms: [{ name: 'plain' }, { name: 'sec', space: { sec_wei: [0.1, 0.3, 0.5] } }],
    tune: { space: { lr: [0.001, 0.004, 0.01] }, trials: 3, seeds: [1000] },
    budget: { pairs: 8 },
  };

  let decided: Study;
  it('follows a study from the question to its answer without a reload', async () => {
    await open('/lab/studies');
    await page.getByText('There is no study yet.').waitFor();
    decided = await post<Study>('/studies', question);
    await page.getByRole('link', { name: 'Is sec better than plain in R@1?' }).click();
    await badge().getByText('open').waitFor();
    await page.getByText('tuning: 0 of 6 runs have ended').waitFor();
    await page.getByText('Each arm first tries 3 settings on held-out training classes, one run each.').waitFor();
    await page.locator('main').getByText('not decided yet').waitFor();
    for (let round = 0; (await get<Study>(`/studies/${decided.id}`)).status === 'open'; round += 1) {
      if (round > 40) throw new Error('the study does not end');
      await advanceStudies(known(), isFault);
      await work(3);
    }
    await badge().getByText('decided').waitFor();
    const { state } = await get<{ state: { comparisons: readonly { pairs: readonly { seed: number }[] }[] } }>(
      `/studies/${decided.id}`,
    );
    const pairs = state.comparisons[0]?.pairs ?? [];
    expect(pairs.length).toBeGreaterThanOrEqual(6);
    await page.locator('main .panel .badge', { hasText: 'helps' }).waitFor();
    expect(await page.locator('.study-verdict .effect').textContent()).toMatch(
      new RegExp(`^\\+\\d+\\.\\d points \\[\\+\\d+\\.\\d, (\\+\\d+\\.\\d|no bound)\\], ${pairs.length} pairs$`),
    );
    expect(await page.locator('circle.mean-dot').count()).toBe(pairs.length);
    expect(await page.locator('rect.evidence.enough').count()).toBeGreaterThan(0);
    const rows = page.getByRole('region', { name: 'Pairs of sec and plain' }).locator('tbody tr');
    expect(await rows.locator('td:first-child').allTextContents()).toEqual(pairs.map(({ seed }) => String(seed)));
    expect(await page.locator('tr.chosen').count()).toBe(2);
    await page.getByText('The chosen lr is at the edge of what was tried: a wider search may find better.').waitFor();
    await page.getByRole('region', { name: 'Metrics of sec minus plain' }).getByText('norm CV').waitFor();
    await rows.first().getByRole('link').first().click();
    await page.waitForURL(/\/lab\/experiments\//);
    await page.goBack();
    await page.getByRole('link', { name: `sweep ${decided.sweep_id.slice(0, 8)}` }).click();
    await page.waitForURL(`${url}/lab/sweeps/${decided.sweep_id}`);
    await page.locator('main h1').waitFor();
    expect(complaints).toEqual([]);
  }, 120_000);

  it('opens the report of it from disk: no request, nothing that axe finds, light and dark, wide and narrow', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'spherelab-report-'));
    const requests: string[] = [];
    const note = (request: { url: () => string }) => requests.push(request.url());
    try {
      const file = path.join(folder, 'report.html');
      const args = ['report', decided.id, '--format', 'html', '--out', file];
      expect(await runSpherelab(args, { SPHERELAB_URL: url })).toMatchObject({ code: 0 });
      await page.goto('about:blank'); // what the page before it still asks for is no request of the report
      page.on('request', note);
      for (const [colorScheme, width] of [
        ['light', 1280],
        ['dark', 390],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.goto(pathToFileURL(file).href);
        await page.getByText('sec against plain: helps.').waitFor();
        expect(await axeFindings(page)).toEqual([]);
      }
      expect(new Set(requests)).toEqual(new Set([pathToFileURL(file).href]));
      expect(complaints).toEqual([]);
    } finally {
      page.off('request', note);
      await rm(folder, { recursive: true, force: true });
    }
  }, 90_000);

  it('keeps the answer where the runs are gone: numbers stay, links go', async () => {
    const { items } = await get<{ items: readonly { id: string }[] }>(
      `/sweeps/${decided.sweep_id}/experiments?limit=100`,
    );
    for (const { id } of items) await api.app.inject({ method: 'DELETE', url: `/experiments/${id}` });
    await open(`/lab/studies/${decided.id}`);
    const rows = page.getByRole('region', { name: 'Pairs of sec and plain' }).locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.getByRole('link').count()).toBe(0);
    expect(await rows.first().locator('td').nth(1).textContent()).toMatch(/^\d+\.\d$/);
  }, 60_000);

  let cancelled: string;
  it('cancels a study, asking before', async () => {
    cancelled = (await post<Study>('/studies', { ...question, first_seed: 50, name: '<b>bold</b>' })).id;
    await advanceStudies(known(), isFault);
    await open(`/lab/studies/${cancelled}`);
    await page.getByRole('heading', { name: '<b>bold</b>' }).waitFor();
    await page.getByRole('button', { name: 'Cancel study' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
    expect((await get<Study>(`/studies/${cancelled}`)).status).toBe('open');
    await page.getByRole('button', { name: 'Cancel study' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel study' }).click();
    await badge().getByText('cancelled').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel study' }).count()).toBe(0);
  }, 60_000);

  let halving: string;
  it('shows the rungs of successive halving, pauses and resumes a sweep, and retries what failed alone', async () => {
    const asha = {
      base: { dataset: 'shapes', loss: 'triplet', steps: 90 },
      strategy: 'asha',
      space: { lr: { low: 1e-4, high: 1e-2, scale: 'log' } },
      samples: 9,
      halving: { first_steps: 10, factor: 3 },
    };
    halving = (await post<{ id: string }>('/sweeps', asha)).id;
    await open(`/lab/sweeps/${halving}`);
    await page.getByRole('heading', { name: 'Rung 1: 10 steps the best 3 of 9 are promoted' }).waitFor();
    await page.getByRole('button', { name: 'Pause 9' }).click();
    await page.getByRole('button', { name: 'Resume 9' }).click();
    await page.getByRole('button', { name: 'Pause 9' }).waitFor();
    const lrs = (await get<{ items: { config: { lr: number } }[] }>(`/sweeps/${halving}/experiments`)).items.map(
      ({ config }) => config.lr,
    );
    const failing = (config: { readonly lr: number }) => config.lr === Math.min(...lrs);
    for (let round = 0; round < 20; round += 1) {
      await work(9, failing);
      await advanceSweeps(known(), isFault);
    }
    const first = page.getByRole('region', { name: 'Settings of rung 1' }).locator('tbody tr');
    await first.first().getByText('promoted').waitFor();
    expect(await first.count()).toBe(9);
    expect(await first.locator('.badge.running').count()).toBe(3);
    await page.getByRole('region', { name: 'Settings of rung 3' }).getByText('finished').waitFor();
    await page.getByRole('button', { name: 'Retry 1 failed' }).click();
    await page.getByRole('button', { name: 'Pause 1' }).waitFor();
    const { counts } = await get<{ counts: Record<string, number> }>(`/sweeps/${halving}`);
    expect(counts).toEqual({ queued: 1, succeeded: 8 + 3 + 1 });
    expect(complaints).toEqual([]);
  }, 90_000);

  it('has no serious finding of axe, light and dark, wide and narrow', async () => {
    const going = await post<Study>('/studies', { ...question, first_seed: 90 });
    for (let round = 0; round < 4; round += 1) {
      await advanceStudies(known(), isFault);
      await work(4);
    }
    const studies = [decided.id, cancelled, going.id].map((id) => `/lab/studies/${id}`);
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 390]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        for (const view of ['/lab/studies', ...studies, `/lab/sweeps/${halving}`]) {
          await open(view);
          await page.locator('main h1').waitFor();
          await page.getByText('Loading').first().waitFor({ state: 'detached' });
          for (const finding of await axeFindings(page)) found.push(`${colorScheme} ${width} ${view}: ${finding}`);
        }
      }
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  }, 120_000);
});
