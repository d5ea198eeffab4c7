// What it costs to run an experiment that does nothing: through our API, queue, database and worker, and as a trial of Optuna and Ray Tune.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startWorker } from '../apps/worker/dist/start-worker.js';
import { startEmbeddedPostgres } from '../packages/db/dist/index.js';
import { ask, startApi } from './server.mjs';

export const help = `npm run bench no-op -- [--experiments 100] [--workers ${availableParallelism()}] [--rounds 3]
Runs --experiments that train nothing, --workers at once: ours from the POST of a sweep until the last has succeeded, each with its own
claim, lease, events, log and result in Postgres; Optuna in as many processes on one journal file, and on one SQLite file; Ray Tune.
SPHERELAB_PEER_PYTHON names a Python that has optuna and ray. Starting servers, clusters and Python is not counted, nor is the first
experiment of each worker process of ours and of Optuna.`;

export const options = {
  experiments: { type: 'string', default: '100' },
  workers: { type: 'string', default: String(availableParallelism()) },
  rounds: { type: 'string', default: '3' },
};

export async function run({ experiments, workers, rounds }) {
  const job = { count: Number(experiments), workers: Number(workers), rounds: Number(rounds) };
  console.log('| who | experiments a second, the best of the rounds | ms each |');
  console.log('| --- | --- | --- |');
  report('ours', job, await ours(job));
  if (process.env.SPHERELAB_PEER_PYTHON === undefined) {
    console.log('SPHERELAB_PEER_PYTHON is not set: no comparison');
    return;
  }
  for (const peer of ['optuna, journal', 'optuna, sqlite', 'ray']) report(peer, job, await theirs(peer, job));
}

function report(who, { count }, seconds) {
  const best = Math.min(...seconds);
  console.log(`| ${who} | ${(count / best).toFixed(0)} | ${((1_000 * best) / count).toFixed(1)} |`);
}

async function ours({ count, workers, rounds }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  chmodSync(folder, 0o755); // mkdtemp closes it to the server's user
  const postgres = await startEmbeddedPostgres({ stateFolder: folder });
  const api = await startApi(postgres.url);
  const worker = await startWorker({
    databaseUrl: postgres.url,
    queue: { store: 'postgres', connectionString: postgres.url },
    dataRoot: folder,
    cacheFolder: path.join(folder, 'cache'),
    devices: Array.from({ length: workers }, () => 'cpu'),
    threads: { intra_op_threads: 1, inter_op_threads: 1 },
    trainerScript: fileURLToPath(new URL('./no-op-trainer.mjs', import.meta.url)),
  });
  const times = [];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const seed = Array.from({ length: round === 0 ? workers : count }, (_, index) => 10_000 * round + index);
      const beganMs = performance.now();
      const { id } = await ask(`${api.url}/sweeps`, { base: { dataset: 'shapes', loss: 'triplet' }, grid: { seed } });
      while (!(await hasEnded(`${api.url}/sweeps/${id}`))) await delay(20);
      if (round > 0) times.push((performance.now() - beganMs) / 1_000);
    }
  } finally {
    await worker.close();
    await api.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return times;
}

async function hasEnded(url) {
  const { counts } = await ask(url);
  if (counts.failed > 0) throw new Error('an experiment failed');
  return !counts.queued && !counts.running;
}

async function theirs(peer, { count, workers, rounds }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  const script = fileURLToPath(new URL('./python-no-op.py', import.meta.url));
  const out = path.join(folder, 'out.json');
  const [who, storage = 'none'] = peer.split(', ');
  const args = [script, who, storage, count, workers, rounds, out].map(String);
  const child = spawn(process.env.SPHERELAB_PEER_PYTHON, args, {
    cwd: folder,
    env: { ...process.env, RAY_USAGE_STATS_ENABLED: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => said.push(data));
  try {
    const code = await new Promise((resolve) => child.once('exit', resolve));
    if (code !== 0)
      throw new Error(`${peer} ended with code ${code}:\n${Buffer.concat(said).toString().slice(-3_000)}`);
    return JSON.parse(readFileSync(out, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
