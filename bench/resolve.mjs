// POST /experiments over a folder of many images: what the API needs to know by content before it answers.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { startApi } from '../apps/api/dist/server.js';
import { startEmbeddedPostgres } from '../packages/db/dist/index.js';
import { quantile } from '../test/chaos/chaos-report.mjs';

export const help = `npm run bench resolve -- [--images 30000] [--classes 100] [--rounds 25] [--at-once 8]
Makes a folder of --images real pictures of 8 x 8 px and times POST /experiments (a new experiment each time) and
POST /experiments/resolve on it, one at a time and --at-once, after the first scan and after one image was added.`;

export const options = {
  images: { type: 'string', default: '30000' },
  classes: { type: 'string', default: '100' },
  rounds: { type: 'string', default: '25' },
  'at-once': { type: 'string', default: '8' },
};

export async function run(values) {
  const [images, classes, rounds, atOnce] = ['images', 'classes', 'rounds', 'at-once'].map((name) =>
    Number(values[name]),
  );
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  chmodSync(folder, 0o755); // mkdtemp closes it to the server's user
  const dataRoot = path.join(folder, 'data');
  await makeImages(path.join(dataRoot, 'many/images'), images, classes);
  await new Promise((resolve) => setTimeout(resolve, 2_100)); // what has just been written is hashed again
  const postgres = await startEmbeddedPostgres({ stateFolder: folder });
  let api = null;
  try {
    const start = () =>
      startApi({
        databaseUrl: postgres.url,
        queue: { store: 'postgres', connectionString: postgres.url },
        dataRoot,
        cacheFolder: path.join(folder, 'cache'),
        port: 0,
      });
    api = await start();
    const rows = [];
    const timed = async (what, times) => rows.push([what, quantile(times, 0.5), quantile(times, 0.95)]);
    await timed('GET /datasets, nothing known', [await ask(api, 'GET', '/datasets')]);
    await timed('first POST: every image is hashed', [await post(api)]);
    await api.close();
    api = await start();
    await timed('first POST of the next process', [await post(api)]);
    await timed('POST /experiments, one at a time', await series(rounds * 4, () => post(api)));
    await timed(`POST /experiments, ${atOnce} at once`, await together(rounds, atOnce, () => post(api)));
    const resolve = () => post(api, '/experiments/resolve');
    await timed('POST /experiments/resolve, one at a time', await series(rounds * 4, resolve));
    await timed(`POST /experiments/resolve, ${atOnce} at once`, await together(rounds, atOnce, resolve));
    await timed('GET /datasets', await series(rounds, () => ask(api, 'GET', '/datasets')));
    const added = await series(10, async (round) => {
      writeFileSync(path.join(dataRoot, 'many/images/class-000', `more-${round}.png`), await picture(images + round));
      return post(api, '/experiments/resolve');
    });
    await timed('POST after one image was added', added);
    print(rows);
  } finally {
    await api?.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeImages(folder, images, classes) {
  for (let index = 0; index < images; index += 1) {
    const own = path.join(folder, `class-${String(index % classes).padStart(3, '0')}`);
    if (index < classes) mkdirSync(own, { recursive: true });
    writeFileSync(path.join(own, `${index}.png`), await picture(index));
  }
}

/** 8 x 8 px of noise that no other number has. */
function picture(number) {
  let state = number + 1;
  const pixels = Uint8Array.from({ length: 192 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
  return sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

let seed = 0;

function post(api, url = '/experiments') {
  seed += 1;
  return ask(api, 'POST', url, { dataset: 'many', loss: 'triplet', seed });
}

/** @returns ms until the answer was read */
async function ask(api, method, url, body) {
  const began = performance.now();
  const answer = await fetch(`${api.url}${url}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text}`);
  return performance.now() - began;
}

async function series(count, once) {
  const times = [];
  for (let round = 0; round < count; round += 1) times.push(await once(round));
  return times;
}

async function together(rounds, atOnce, once) {
  const times = await series(rounds, () => Promise.all(Array.from({ length: atOnce }, once)));
  return times.flat();
}

function print(rows) {
  console.log('| what | median, ms | p95, ms |\n| --- | --- | --- |');
  for (const [what, median, p95] of rows) console.log(`| ${what} | ${median.toFixed(0)} | ${p95.toFixed(0)} |`);
}
