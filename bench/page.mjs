// The page in a browser: how late a measured value is on it, and how soon a long list is.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startWorker } from '../apps/worker/dist/start-worker.js';
import { openDatabase, startEmbeddedPostgres } from '../packages/db/dist/index.js';
import { quantile } from '../test/chaos/chaos-report.mjs';
import { chromiumMissing, provideChromium } from '../test/chromium.mjs';
import { startApi } from './server.mjs';

export const help = `npm run bench page -- [--rows 10000, in twenties] [--rounds 9] [--steps 400]
Trains conv_small on shapes with every step measured, beside an open page, and tells how long after it was computed a value was
painted at the latest; then queues --rows experiments and tells how long a browser without anything cached takes to paint the list,
and how long the API takes for a page of it, sorted, filtered, searched, grouped, as CSV.`;

export const options = {
  rows: { type: 'string', default: '10000' },
  rounds: { type: 'string', default: '9' },
  steps: { type: 'string', default: '400' },
};

export async function run(values) {
  const executablePath = provideChromium();
  if (executablePath === null) throw new Error(chromiumMissing);
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  chmodSync(folder, 0o755); // mkdtemp closes it to the server's user
  const postgres = await startEmbeddedPostgres({ stateFolder: folder });
  const api = await startApi(postgres.url);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    if (values.steps !== '0')
      await latency({ browser, url: api.url, databaseUrl: postgres.url, folder, steps: Number(values.steps) });
    await firstPaint({ browser, url: api.url, rows: Number(values.rows), rounds: Number(values.rounds) });
    await listTimes({ url: api.url, databaseUrl: postgres.url });
  } finally {
    await browser.close();
    await api.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function post(url, body) {
  const answer = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  if (!answer.ok) throw new Error(await answer.text());
  return await answer.json();
}

async function latency({ browser, url, databaseUrl, folder, steps }) {
  const worker = await startWorker({
    databaseUrl,
    queue: { store: 'postgres', connectionString: databaseUrl },
    dataRoot: folder,
    cacheFolder: path.join(folder, 'cache'),
    devices: ['cpu'],
    threads: { intra_op_threads: 1, inter_op_threads: 1 },
    trainerScript: fileURLToPath(new URL('./timed-trainer.mjs', import.meta.url)),
  });
  try {
    const times = path.join(folder, 'times');
    const body = {
      dataset: 'shapes',
      loss: 'triplet',
      sec_wei: 0.5,
      steps,
      log_every: 1,
      eval_every: steps,
      name: times,
    };
    const { id } = await post(`${url}/experiments`, body);
    const page = await browser.newPage();
    await page.addInitScript(noteDrawnSteps);
    await page.goto(`${url}/lab/experiments/${id}`);
    await page.locator('.page-head .badge', { hasText: 'succeeded' }).waitFor({ timeout: 600_000 });
    const drawn = await page.evaluate('globalThis.drawn');
    await page.close();
    const computed = readFileSync(times, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    // A trainer hands values out a few times a second: the first of them was computed after those before were handed out. The
    // first picture after the page was opened shows what was there before.
    const late = computed
      .map(([step], index) => [step, computed[index - 1]?.[1]])
      .filter(([step]) => step > drawn[0][0])
      .map(([step, from]) => drawn.find(([shown]) => shown >= step)[1] - from);
    const ms = (share) => Math.round(quantile(late, share));
    console.log(
      `computed to painted, at most: ${late.length} values, ${ms(0.5)} ms (median), ${ms(0.95)} ms (p95), ${ms(1)} ms (latest)`,
    );
  } finally {
    await worker.close();
  }
}

/** In the page: [step, ms] of each picture of the norms, once it is painted. */
function noteDrawnSteps() {
  globalThis.drawn = [];
  const look = () => {
    const label = document.querySelector('figure[aria-label^="Norms in the batch"]')?.getAttribute('aria-label') ?? '';
    const step = Number(/at step (\d+)/.exec(label)?.[1] ?? Number.NaN);
    if (Number.isNaN(step) || globalThis.drawn.at(-1)?.[0] === step) return;
    const entry = [step, Number.NaN];
    globalThis.drawn.push(entry);
    requestAnimationFrame(() => setTimeout(() => (entry[1] = Date.now())));
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}

async function firstPaint({ browser, url, rows, rounds }) {
  // Sweeps of 100 seeds and 20 weights; the last may be cut short.
  for (let from = 0; from < rows; from += 2_000) {
    const seeds = Array.from({ length: Math.min(100, Math.ceil((rows - from) / 20)) }, (_, seed) => from + seed);
    const weights = Array.from({ length: 20 }, (_, index) => index / 20);
    const base = { dataset: 'shapes', loss: 'triplet', device: 'gpu' };
    await post(`${url}/sweeps`, { base, grid: { seed: seeds, sec_wei: weights } });
  }
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(noteFirstRow);
    await page.goto(`${url}/lab`);
    times.push(await page.evaluate('globalThis.firstRowAt'));
    await context.close();
  }
  const ms = (share) => Math.round(quantile(times, share));
  console.log(
    `list of ${rows} experiments painted, nothing cached: ${ms(0)} ms (fastest), ${ms(0.5)} ms (median), ${ms(1)} ms (slowest of ${rounds})`,
  );
}

const listed = {
  'newest first': '/experiments',
  'the 200 newest': '/experiments?limit=200',
  'page 100 of them': '/experiments?cursor=',
  'by R@1': '/experiments?sort=-recall_at_1',
  'by lr': '/experiments?sort=lr',
  'by name': '/experiments?sort=name',
  'filter sec_wei>0.5, recall_at_1>0.9': '/experiments?filter=sec_wei>0.5,recall_at_1>0.9',
  'search "shapes triplet SEC"': '/experiments?q=shapes triplet SEC',
  '200 by their ids': '/experiments?limit=200&ids=',
  'groups by loss and sec_wei': '/experiments/groups?by=loss,sec_wei',
  'all as CSV': '/experiments/table?format=csv',
};

/** How long the API takes, one request after another; every row has a result, as after a long night. */
async function listTimes({ url, databaseUrl }) {
  const database = openDatabase(databaseUrl);
  await database.pool.query(
    `UPDATE experiment SET latest = jsonb_build_object('step', 1, 'metrics', jsonb_build_object('recall_at_1', random(), 'nmi', random()))`,
  );
  await database.pool.query('ANALYZE experiment');
  await database.close();
  const get = async (address) => (await fetch(`${url}${address}`)).json();
  const ids = (await get('/experiments?limit=200')).items.map(({ id }) => id);
  let cursor = '';
  for (let page = 1; page < 100; page += 1) cursor = (await get(`/experiments?cursor=${cursor}`)).next_cursor ?? cursor;
  for (const [name, address] of Object.entries(listed)) {
    const asked = address.replace('cursor=', `cursor=${cursor}`).replace('ids=', `ids=${ids.join(',')}`);
    const times = [];
    for (let round = 0; round < 40; round += 1) {
      const begun = performance.now();
      const answer = await fetch(`${url}${asked}`);
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${asked}: ${answer.status}`);
      times.push(performance.now() - begun);
    }
    console.log(
      `${name}: ${quantile(times, 0.5).toFixed(0)} ms (median), ${quantile(times, 0.95).toFixed(0)} ms (p95)`,
    );
  }
}

/** In the page: ms from the start of the navigation until the first row is painted. */
function noteFirstRow() {
  globalThis.firstRowAt = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector('.run-row:not(.head) .title') === null) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    });
    observer.observe(document, { subtree: true, childList: true });
  });
}
