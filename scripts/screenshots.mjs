#!/usr/bin/env node
// Makes the pictures of docs/screenshots from real runs. Needs Chromium and, for photographs, a data root.
// usage: SPHERELAB_DATA_DIR=DIR node scripts/screenshots.mjs [--dataset NAME] [--url URL] [--only runs|study]
//   --dataset NAME  what is trained on (default shapes)
//   --url URL       a server that has a finished sweep and a decided study of --dataset; what is missing is trained there.
//                   Without it a server is started (25 minutes)
//   --only WHICH    the pictures of runs and their sweep alone, or those of a study
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { chromiumMissing, provideChromium } from '../test/chromium.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'docs', 'screenshots');
/** Bytes. Pictures are in the repository: they stay small. */
const mostBytes = 300_000;
const { values } = parseArgs({
  options: {
    dataset: { type: 'string', default: 'shapes' },
    url: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(
    'usage: SPHERELAB_DATA_DIR=DIR node scripts/screenshots.mjs [--dataset NAME] [--url URL] [--only runs|study]',
  );
} else {
  const server = values.url === undefined ? await startServer() : { url: values.url, stop: () => undefined };
  try {
    await takeAll(server.url);
  } finally {
    server.stop();
  }
}

async function startServer() {
  const state = path.join(root, '.spherelab-screenshots');
  const script = path.join(root, 'apps/launcher/dist/main.js');
  const child = spawn(process.execPath, [script, '--state', state, '--workers', '1'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const url = await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message.url));
    child.once('exit', (code) => reject(new Error(`the launcher ended with code ${code}`)));
  });
  return { url, stop: () => child.kill('SIGTERM') };
}

async function takeAll(url) {
  const executablePath = provideChromium();
  if (executablePath === null) throw new Error(chromiumMissing);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    await mkdir(folder, { recursive: true });
    if (values.only !== 'study') await takeRuns(url, browser);
    if (values.only !== 'runs') await takeStudy(url, browser);
  } finally {
    await browser.close();
  }
}

async function takeRuns(url, browser) {
  const sweep = await finishedSweep(url);
  const { items } = await call(url, `/sweeps/${sweep.id}/experiments`);
  const run = items.find(({ config }) => config.loss === 'semihtriplet' && config.sec_wei > 0) ?? items[0];
  // Something that goes on, so that the list and the workers are seen at work.
  const live = await call(url, '/experiments', {
    dataset: values.dataset,
    loss: 'triplet',
    sec_wei: 0.25,
    ...shared(run),
    steps: 20_000,
    eval_every: 1_000,
    name: 'longer, weaker constraint',
    tags: ['trial'],
    force: true,
  });
  await waitFor(async () => (await call(url, `/experiments/${live.id}`)).steps_done > 120);
  const views = {
    list: '/lab',
    run: `/lab/experiments/${run.id}?smooth=0.6`,
    norms: `/lab/experiments/${run.id}?tab=norms`,
    gallery: `/lab/experiments/${run.id}?tab=neighbours`,
    map: `/lab/experiments/${run.id}?tab=map`,
    sweep: `/lab/sweeps/${sweep.id}`,
    groups: '/lab?group=loss,sec_wei',
    'study-form': '/lab/studies/new',
    paper: '/lab/paper',
  };
  try {
    for (const theme of ['light', 'dark']) {
      for (const [name, address] of Object.entries(views)) {
        // The hardest failures in one, what is right but not perfect in the other.
        const shown = name === 'gallery' && theme === 'dark' ? `${address}&show=right` : address;
        await take(browser, url + shown, `${name}-${theme}`, { theme, width: 1280, height: 860 });
      }
    }
    for (const name of ['run', 'list', 'sweep'])
      await take(browser, `${url}${views[name]}`, `${name}-narrow`, { theme: 'light', width: 390, height: 860 });
  } finally {
    await call(url, `/experiments/${live.id}/cancel`, {});
    await waitFor(async () => (await call(url, `/experiments/${live.id}`)).status === 'cancelled');
    await fetch(`${url}/experiments/${live.id}`, { method: 'DELETE' });
  }
}

/** What the pictures' runs have in common, so that the list is of one kind. */
function shared({ config: { backbone, freeze_stages, image_size } }) {
  return { backbone, freeze_stages, image_size };
}

async function takeStudy(url, browser) {
  const address = `${url}/lab/studies/${await decidedStudy(url)}`;
  for (const theme of ['light', 'dark'])
    await take(browser, address, `study-${theme}`, { theme, width: 1280, height: 1_640 });
  await take(browser, address, 'study-narrow', { theme: 'light', width: 390, height: 1_200 });
}

/** A small question that is decided in a few minutes. */
async function decidedStudy(url) {
  const isOurs = ({ status, plan }) => status === 'decided' && plan.arms[0]?.base.dataset === values.dataset;
  const known = (await call(url, '/studies?limit=100')).items.find(isOurs);
  if (known) return known.id;
  const { id } = await call(url, '/studies', {
    name: 'Do embeddings need more than eight dimensions?',
    base: { dataset: values.dataset, loss: 'triplet', backbone: 'conv_small', steps: 60, eval_every: 60 },
    arms: [
      { name: 'small', set: { embedding_dim: 8 } },
      { name: 'large', set: { embedding_dim: 128 } },
    ],
    tune: { space: { lr: { low: 0.0005, high: 0.008, scale: 'log' } }, trials: 3, seeds: [1000] },
  });
  await waitFor(async () => (await call(url, `/studies/${id}`)).status !== 'open', 1_800_000);
  return id;
}

async function finishedSweep(url) {
  const { items } = await call(url, '/sweeps?limit=100');
  const known = items.find(
    ({ request, counts, total }) =>
      request.base?.dataset === values.dataset && total >= 4 && counts.succeeded === total,
  );
  const grid = { loss: ['triplet', 'semihtriplet', 'n-npair', 'ms'], sec_wei: [0, 0.5], seed: [0, 1] };
  const base = { dataset: values.dataset, eval_every: 30, log_every: 5, tags: [values.dataset] };
  const { id } = known ?? (await call(url, '/sweeps', { name: 'SEC on and off', base, grid }));
  const read = () => call(url, `/sweeps/${id}`);
  await waitFor(async () => (await read()).counts.succeeded === (await read()).total, 3_600_000);
  return read();
}

async function take(browser, address, name, { theme, width, height }) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });
  await page.goto(address);
  await page.locator('main h1').waitFor();
  await page.getByText('Loading').first().waitFor({ state: 'detached' });
  await delay(1_500); // pictures and charts
  const picture = await sharp(await page.screenshot())
    .png({ palette: true, quality: 90, effort: 10 })
    .toBuffer();
  await page.close();
  if (picture.length > mostBytes) throw new Error(`${name}: ${picture.length} bytes, ${mostBytes} are allowed`);
  await writeFile(path.join(folder, `${name}.png`), picture);
  console.log(`${name}.png ${Math.round(picture.length / 1024)} KiB`);
}

async function waitFor(condition, ms = 120_000) {
  for (const end = Date.now() + ms; Date.now() < end; await delay(500)) if (await condition()) return;
  throw new Error('it took too long');
}

async function call(url, route, body) {
  const init = body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const answer = await fetch(url + route, init);
  if (!answer.ok) throw new Error(`${route}: ${await answer.text()}`);
  return answer.json();
}
