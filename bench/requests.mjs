// The API under requests: posts, sweeps, event streams, and what it takes at rest.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../test/chaos/chaos-report.mjs';
import { ask, startServer } from './server.mjs';

export const help = `npm run bench requests -- [--posts 2000] [--atOnce 8] [--streams 200]
A server without workers on the machine that asks it: new experiments posted --atOnce at a time, resolved, a sweep of 2,000 cells,
--streams event streams of queued runs; memory and CPU of the API at rest and with the streams. There is no peer: what a client of
Optuna or Ray Tune does instead is in npm run bench sweep.`;

export const options = {
  posts: { type: 'string', default: '2000' },
  atOnce: { type: 'string', default: '8' },
  streams: { type: 'string', default: '200' },
};

const request = { dataset: 'shapes', loss: 'triplet', device: 'gpu' };

export async function run({ posts, atOnce, streams }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  chmodSync(folder, 0o755); // mkdtemp closes it to the server's user
  const { url, stop, pid } = await startServer({ folder, workers: '0' });
  const api = apiBeneath(pid);
  try {
    await ask(`${url}/experiments/resolve`, request);
    await delay(3_000);
    console.log(`at rest: ${memoryMb(api)} MB, ${await cpuShare(api)} % of a core`);
    await posted(url, Number(posts), Number(atOnce));
    await resolved(url);
    await swept(url);
    await delay(2_000);
    console.log(
      `with ${(await ask(`${url}/experiments/facets`)).statuses.queued} queued: ${await cpuShare(api)} % of a core`,
    );
    await followed(url, api, Number(streams));
  } finally {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function posted(url, count, atOnce) {
  const times = [];
  let seed = 0;
  const begun = performance.now();
  const client = async () => {
    while (seed < count) {
      seed += 1;
      const from = performance.now();
      await ask(`${url}/experiments`, { ...request, seed });
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  const rate = (1_000 * times.length) / (performance.now() - begun);
  console.log(
    `POST /experiments, ${atOnce} at a time: ${rate.toFixed(0)} a second, ${quantile(times, 0.5).toFixed(1)} ms (median), ${quantile(times, 0.95).toFixed(1)} ms (p95)`,
  );
}

async function resolved(url) {
  const times = [];
  for (let seed = 0; seed < 100; seed += 1) {
    const from = performance.now();
    await ask(`${url}/experiments/resolve`, { ...request, seed });
    times.push(performance.now() - from);
  }
  console.log(
    `POST /experiments/resolve: ${quantile(times, 0.5).toFixed(1)} ms (median), ${quantile(times, 0.95).toFixed(1)} ms (p95)`,
  );
}

async function swept(url) {
  const times = [];
  for (let round = 0; round < 3; round += 1) {
    const seed = Array.from({ length: 100 }, (_, index) => 10_000 * (round + 1) + index);
    const sec_wei = Array.from({ length: 20 }, (_, index) => index / 20);
    const from = performance.now();
    await ask(`${url}/sweeps`, { base: request, grid: { seed, sec_wei } });
    times.push(performance.now() - from);
  }
  console.log(`POST /sweeps of 2,000 cells: ${times.map((ms) => `${(ms / 1_000).toFixed(2)} s`).join(', ')}`);
}

async function followed(url, api, count) {
  const { items } = await ask(`${url}/experiments?limit=${Math.min(500, count)}`);
  const open = Array.from({ length: count }, (_, at) => {
    const stream = http.get(`${url}/experiments/${items[at % items.length].id}/events`, (answer) => answer.resume());
    stream.on('error', () => undefined); // it is cut at the end
    return stream;
  });
  await delay(10_000);
  console.log(`with ${count} event streams: ${memoryMb(api)} MB, ${await cpuShare(api)} % of a core`);
  for (const stream of open) stream.destroy();
}

/** The API among the processes that the launcher started. */
function apiBeneath(launcher) {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1];
      return Number(parent) === launcher && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('api/dist/server.js');
    } catch {
      return false; // it ended meanwhile
    }
  });
  if (found === undefined) throw new Error('the launcher started no API');
  return found;
}

function memoryMb(pid) {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
}

/** percent over ten seconds */
async function cpuShare(pid) {
  const ticks = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = ticks();
  await delay(10_000);
  return ((ticks() - before) / 10).toFixed(1);
}
