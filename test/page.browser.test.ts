import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings } from './axe-findings.ts';
import { openBrowserPage } from './browser-page.ts';
import { chromiumMissing, provideChromium } from './chromium.mjs';
import { writePictureFolder } from './picture-folder.ts';
import { type SystemUnderTest, startSystemUnderTest } from './system-under-test.ts';
import { waitUntil } from './wait-until.ts';

type Experiment = { readonly id: string; readonly status: string; readonly steps_done: number };

const executablePath = provideChromium();
const slow = 60_000;

describe.skipIf(executablePath === null)(executablePath === null ? `the page (${chromiumMissing})` : 'the page', () => {
  let state: string;
  let system: SystemUnderTest;
  let browser: Browser;
  let page: Page;
  /** What the browser complained about; a restart of the server is allowed to fail requests. */
  let complaints: string[] = [];

  beforeAll(async () => {
    state = await mkdtemp(path.join(tmpdir(), 'spherelab-page-'));
    await chmod(state, 0o755);
    await writePictureFolder(path.join(state, 'data', 'tiny'), 8, 6, 40);
    system = await startSystemUnderTest(path.join(state, 'state'), path.join(state, 'data'), 0);
    ({ browser, page } = await openBrowserPage(executablePath, (text) => complaints.push(text)));
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
    await rm(state, { recursive: true, force: true });
  }, 60_000);

  const open = (address: string) => page.goto(system.url + address);
  const api = async <T>(route: string, body?: object): Promise<T> => {
    const init = body && {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    };
    const answer = await fetch(system.url + route, init);
    if (!answer.ok) throw new Error(`${route}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const badge = () => page.locator('main .page-head .badge');
  const small = {
    dataset: 'tiny',
    loss: 'triplet',
    image_size: 32,
    embedding_dim: 16,
    steps: 20,
    eval_every: 10,
    log_every: 5,
  };

  it('is empty at first and says how to begin; its first load is small and comes from this server alone', async () => {
    const requests: string[] = [];
    const sizes: Promise<number>[] = [];
    page.on('response', (response) => {
      requests.push(response.url());
      if (/\.(js|css|svg)$|\/lab$/.test(response.url())) {
        sizes.push(response.headerValue('content-length').then(Number));
        expect(response.status()).toBe(200);
      }
    });
    await open('/lab');
    await page.getByText('There is no experiment yet.').waitFor();
    expect((await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
    expect(requests.filter((url) => !url.startsWith(system.url))).toEqual([]);
    page.removeAllListeners('response');
  });

  let sec: string;
  it('queues an experiment from the form, shows each value with its source, and follows the run to its end', async () => {
    await page.getByRole('link', { name: 'New experiment' }).first().click();
    const field = (name: string) => page.getByLabel(name, { exact: true });
    await field('dataset').fill('tiny');
    for (const [name, value] of Object.entries({ ...small, sec_wei: 0.5, tags: 'browser' })) {
      if (name === 'dataset' || name === 'loss') continue;
      await field(name).fill(String(value));
      await field(name).press('Enter');
    }
    await waitUntil(
      'the sources',
      async () => (await page.locator('.field:has(#field-lr) .source').textContent()) === 'ours',
    );
    await field('lr').fill('-3');
    await field('lr').press('Enter');
    await page.locator('#field-lr-problem').waitFor();
    expect(await page.getByRole('button', { name: 'Queue it' }).isDisabled()).toBe(true);
    expect(complaints.every((text) => text.includes('400'))).toBe(true);
    complaints = []; // the browser reports the refused value
    await page.getByRole('button', { name: 'Reset lr to its preset' }).click();
    await page.locator('#field-lr-problem').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Queue it' }).click();
    await page.waitForURL(/\/lab\/experiments\//);
    sec = page.url().split('/').at(-1) as string;
    await badge()
      .getByText(/^(succeeded|below baseline)$/)
      .waitFor({ timeout: slow });
    const { series } = await api<{ series: { name: string; points: [number, number][] }[] }>(
      `/experiments/${sec}/metrics`,
    );
    const recall = series.find(({ name }) => name === 'recall_at_1')?.points.at(-1)?.[1] as number;
    const shown = page.locator('.facts > div', { hasText: 'R@1' }).locator('dd');
    expect(await shown.textContent()).toBe((100 * recall).toFixed(1));
    expect(await page.locator('figure.chart').count()).toBeGreaterThan(5);
  }, 120_000);

  it('duplicates it with a change, and sets the norms of plain and SEC side by side', async () => {
    await page.getByRole('link', { name: 'Duplicate' }).click();
    await waitUntil(
      'the values of the first',
      async () => (await page.getByLabel('sec_wei', { exact: true }).inputValue()) === '0.5',
    );
    await page.getByLabel('sec_wei', { exact: true }).fill('0');
    await page.getByLabel('sec_wei', { exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Queue it' }).click();
    await page.waitForURL(/\/lab\/experiments\//);
    await badge()
      .getByText(/^(succeeded|below baseline)$/)
      .waitFor({ timeout: slow });
    await page.getByRole('link', { name: 'Norms' }).click();
    await page.getByRole('heading', { name: 'With SEC, weight 0.5' }).waitFor();
    const ridges = page.locator('svg.ridges');
    expect(await ridges.count()).toBe(2);
    expect(await ridges.first().getAttribute('aria-label')).toMatch(/^Plain: .* \d+ percent/);
  }, 120_000);

  it('shows the neighbours of queries as they are stored, hardest first, and a map that UMAP rearranges', async () => {
    await open(`/lab/experiments/${sec}?tab=neighbours`);
    const { items } = await api<{ items: { step: number }[] }>(`/experiments/${sec}/evaluations`);
    expect(items.map(({ step }) => step).slice(0, 2)).toEqual([0, 10]);
    const last = items.at(-1)?.step;
    const detail = await api<{ queries: { hardness: number; neighbours: { right: boolean }[] }[] }>(
      `/experiments/${sec}/evaluations/${last}`,
    );
    await page.locator('.gallery-row').first().waitFor();
    const rows = await page
      .locator('.gallery-row')
      .evaluateAll((elements) =>
        elements.map((element) => [...element.querySelectorAll('li')].map((item) => item.classList.contains('right'))),
      );
    expect(rows).toEqual(
      detail.queries.slice(0, rows.length).map(({ neighbours }) => neighbours.map(({ right }) => right)),
    );
    expect(rows).toHaveLength(24);
    const widths = await page
      .locator('.gallery-row img')
      .first()
      .evaluate((image) => (image as HTMLImageElement).naturalWidth);
    expect(widths).toBeGreaterThan(16);
    await page.getByRole('link', { name: 'Map' }).click();
    await page.getByText('Two principal components').waitFor();
    await page.getByRole('button', { name: 'UMAP' }).click();
    await page.locator('p', { hasText: /UMAP\.$/ }).waitFor({ timeout: slow });
  }, 90_000);

  it('lists, searches and sorts; the address holds the view and the keyboard reaches it', async () => {
    await open('/lab');
    await page.locator('.run-row .title').nth(1).waitFor();
    await page.getByLabel('Search experiments').fill('no such thing');
    await page.getByText('Nothing matches these filters.').waitFor();
    expect(page.url()).toContain('q=no+such+thing');
    await page.reload();
    await page.getByText('Nothing matches these filters.').waitFor();
    await open('/lab?q=tiny&sort=-recall_at_1');
    const titles = page.locator('.run-row .title');
    await titles.nth(1).waitFor();
    expect(await page.locator('[aria-sort="descending"]').textContent()).toContain('R@1');
    await page.getByLabel('Tag', { exact: true }).focus();
    for (let press = 0; press < 20; press += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.classList.contains('title'))) break;
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/lab\/experiments\//);
  });

  it('shows a sweep as a matrix of its table, opens the runs of a cell, and hands out tables', async () => {
    const { loss: _, ...base } = small; // two of its four cells were run above
    const sweep = await api<{ id: string }>('/sweeps', {
      name: 'matrix',
      base,
      grid: { loss: ['triplet', 'ms'], sec_wei: [0, 0.5], seed: [0] },
    });
    await open(`/lab/sweeps/${sweep.id}`);
    await page.getByText('4 succeeded').waitFor({ timeout: slow });
    const table = await api<{ rows: { metrics: Record<string, { mean: number }> }[] }>(`/sweeps/${sweep.id}/table`);
    const means = table.rows.map(({ metrics }) => (100 * (metrics.recall_at_1?.mean as number)).toFixed(1));
    await waitUntil(
      'the last table',
      async () => JSON.stringify(await page.locator('.heat-cell strong').allTextContents()) === JSON.stringify(means),
    );
    await page
      .locator('tr', { hasText: 'sec_wei 0.5, loss ms' })
      .getByText(/points, one pair$/)
      .first()
      .waitFor();
    await page.locator('.heat-cell').nth(3).click();
    await page.getByRole('heading', { name: 'Runs of loss ms, sec_wei 0.5' }).waitFor();
    expect(await page.locator('tbody tr', { hasText: 'ms + SEC 0.5' }).count()).toBe(1);
    for (const name of ['CSV', 'Markdown', 'LaTeX']) {
      const href = await page.getByRole('link', { name, exact: true }).getAttribute('href');
      expect((await fetch(system.url + href)).status).toBe(200);
    }
    expect(await page.locator('svg.parallel a').count()).toBe(4);
  }, 120_000);

  it('queues a sweep from the form: each combination is a run, and a refused value is told where it stands', async () => {
    await open(`/lab/new?request=${encodeURIComponent(JSON.stringify(small))}`);
    await page.getByLabel('Combine values of', { exact: true }).selectOption('sec_wei');
    const values = page.locator('#grid-sec_wei');
    await values.fill('0, -1');
    await values.press('Enter');
    await page.getByLabel('Combine values of', { exact: true }).selectOption('seed');
    await page.locator('#grid-seed').fill('0, 1');
    await page.locator('#grid-seed').press('Enter');
    await page.getByRole('button', { name: 'Queue 4 runs' }).click();
    await page.getByRole('alert').getByText('sec_wei').first().waitFor();
    expect((await api<{ items: unknown[] }>('/sweeps')).items).toHaveLength(1);
    expect(complaints.every((text) => text.includes('400'))).toBe(true);
    complaints = [];
    await values.fill('0, 0.5');
    await values.press('Enter');
    await page.getByRole('button', { name: 'Queue 4 runs' }).click();
    await page.waitForURL(/\/lab\/sweeps\/.+/);
    await page.getByText('4 succeeded').waitFor({ timeout: slow });
    const table = await api<{ rows: { settings: object; n: number }[] }>(
      `/sweeps/${page.url().split('/').at(-1)}/table`,
    );
    expect(table.rows.map(({ settings, n }) => [settings, n])).toEqual([
      [{ sec_wei: 0 }, 2],
      [{ sec_wei: 0.5 }, 2],
    ]);
  }, 120_000);

  it('shows the published table, and says why a cell cannot be queued here', async () => {
    await open('/lab/paper');
    await page.getByRole('heading', { name: 'CUB-200-2011' }).waitFor();
    expect(await page.locator('.paper-table tbody tr').count()).toBe(48);
    expect(complaints).toEqual([]);
    await page.getByRole('button', { name: 'Queue cub triplet SEC' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(/cub|weights/i);
    complaints = []; // the browser reports the refused request
  });

  it('pauses, resumes, cancels and deletes a run, asking before what cannot be undone', async () => {
    const run = await api<Experiment>('/experiments', { ...small, steps: 100_000, eval_every: 50_000, seed: 7 });
    await open(`/lab/experiments/${run.id}`);
    await badge().getByText('running').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await badge().getByText('paused').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await badge().getByText('running').waitFor({ timeout: slow });
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
    expect((await api<Experiment>(`/experiments/${run.id}`)).status).toBe('running');
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click();
    await badge().getByText('cancelled').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL(/\/lab$/);
    expect((await fetch(`${system.url}/experiments/${run.id}`)).status).toBe(404);
  }, 120_000);

  it('goes on after a restart of the server, without losing a point', async () => {
    const run = await api<Experiment>('/experiments', {
      ...small,
      steps: 100_000,
      eval_every: 50_000,
      checkpoint_every: 20,
      seed: 8,
    });
    await open(`/lab/experiments/${run.id}`);
    const pointsShown = async () =>
      Number(await page.locator('figure.chart', { hasText: 'Norms in the batch' }).getAttribute('data-points'));
    await waitUntil(
      'points',
      async () => (await page.locator('figure.chart').count()) > 3 && (await pointsShown()) > 40,
      slow,
    );
    expect(complaints).toEqual([]);
    const before = await pointsShown();
    await system.stop();
    await page.getByText('reconnecting').waitFor();
    system = await startSystemUnderTest(
      path.join(state, 'state'),
      path.join(state, 'data'),
      Number(new URL(system.url).port),
    );
    await page.locator('.page-head').getByText('live', { exact: true }).waitFor({ timeout: slow });
    await waitUntil('new points', async () => (await pointsShown()) > before + 40, slow);
    await fetch(`${system.url}/experiments/${run.id}/cancel`, { method: 'POST' });
    await badge().getByText('cancelled').waitFor({ timeout: slow });
    const { series } = await api<{ series: { name: string; points: unknown[] }[] }>(
      `/experiments/${run.id}/metrics?name=norm_mean,record_norm_mean`,
    );
    const stored = series.reduce((sum, { points }) => sum + points.length, 0);
    await waitUntil('all points', async () => (await pointsShown()) === stored);
    complaints = [];
  }, 180_000);

  it('draws a few rows of 600, and more of them as they are scrolled to', async () => {
    const seeds = Array.from({ length: 100 }, (_, seed) => seed);
    const grid = { seed: seeds, sec_wei: [0, 0.1, 0.2], lr: [0.001, 0.002] };
    const sweep = await api<{ id: string }>('/sweeps', { base: { ...small, device: 'gpu' }, grid });
    await open(`/lab?sweep=${sweep.id}`);
    const rows = page.locator('.run-row:not(.head)');
    await rows.nth(10).waitFor();
    expect(await rows.count()).toBeLessThan(70);
    const table = page.getByRole('table', { name: 'Experiments' });
    for (let scroll = 0; scroll < 4; scroll += 1) {
      await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await page.waitForTimeout(400);
    }
    const position = Number(await rows.last().getAttribute('aria-rowindex'));
    expect(position).toBeGreaterThan(400);
    expect(await rows.count()).toBeLessThan(70);
  }, 120_000);

  it('has no serious finding of axe on any view, light and dark, wide and narrow', async () => {
    const { items } = await api<{ items: { id: string; name: string | null }[] }>('/sweeps');
    const matrix = items.find(({ name }) => name === 'matrix')?.id;
    const run = `/lab/experiments/${sec}`;
    const views = [
      '/lab',
      '/lab/new',
      '/lab/new?as=json',
      '/lab/sweeps',
      `/lab/sweeps/${matrix}`,
      '/lab/new?grid={"loss":["triplet","ms"],"sec_wei":[0,0.5]}',
      '/lab/paper',
      '/lab/workers',
      run,
    ];
    const tabs = ['norms', 'neighbours', 'map', 'config', 'run', 'logs'].map((tab) => `${run}?tab=${tab}`);
    const again = ['/lab', '/lab/new', `/lab/sweeps/${matrix}`, run, `${run}?tab=neighbours`, `${run}?tab=run`];
    const found: string[] = [];
    for (const [theme, width] of [
      ['light', 1280],
      ['dark', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      for (const view of theme === 'light' ? [...views, ...tabs] : again) {
        await open(view);
        await page.locator('main h1').waitFor();
        await page.getByText('Loading').first().waitFor({ state: 'detached' });
        for (const finding of await axeFindings(page)) found.push(`${theme} ${view}: ${finding}`);
      }
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  }, 120_000);
});
