import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provideChromium } from './chromium.mjs';
import { type SystemUnderTest, startSystemUnderTest } from './system-under-test.ts';

const executablePath = provideChromium();
const basePath = '/user/x/proxy/3000';

describe.skipIf(executablePath === null)('the page behind a path of a proxy', () => {
  let state: string;
  let system: SystemUnderTest;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  /** Addresses that the page asked for without the path: the proxy would send them to somebody else. */
  const astray: string[] = [];

  beforeAll(async () => {
    state = await mkdtemp(path.join(tmpdir(), 'spherelab-base-'));
    await chmod(state, 0o755);
    system = await startSystemUnderTest(state, path.join(state, 'data'), 0, { SPHERELAB_BASE_PATH: basePath });
    browser = await chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox'] });
    page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!new URL(request.url()).pathname.startsWith(basePath)) astray.push(request.url());
    });
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
    await rm(state, { recursive: true, force: true });
  }, 60_000);

  it('asks for nothing outside it: files, API, streams, links, and the documentation of the API', async () => {
    expect(new URL(system.url).pathname).toBe(basePath);
    await page.goto(system.url);
    await page.waitForURL(`${system.url}/lab`);
    await page.getByRole('link', { name: 'New experiment' }).first().click();
    await page.waitForURL(`${system.url}/lab/new`);
    await page.getByLabel('loss').first().waitFor();
    await page.reload();
    await page.getByLabel('loss').first().waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Sweeps' }).first().click();
    await page.waitForURL(`${system.url}/lab/sweeps`);
    const made = await fetch(`${system.url}/experiments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dataset: 'shapes', loss: 'ms', device: 'gpu' }),
    });
    const { id } = (await made.json()) as { readonly id: string };
    await page.goto(`${system.url}/lab/experiments/${id}`);
    await page.locator('main .page-head .badge').waitFor();
    await page.goto(`${system.url}/docs`);
    await page.getByText('Queues every combination of a grid').first().waitFor();
    expect(complaints).toEqual([]);
    expect(astray).toEqual([]);
  }, 120_000);
});
