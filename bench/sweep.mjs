// A sweep of small cells: our server beside Optuna and Ray Tune, which train the same cells in PyTorch.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { resolveExperiment } from '@spherelab/config';
import { drawShape, openCatalogue, readDatasetLists } from '@spherelab/datasets';
import { ask, root, startServer } from './server.mjs';

const runners = ['ours', 'optuna', 'ray'];

export const help = `npm run bench sweep -- [--who ours,optuna,ray] [--updates 60] [--seeds 3] [--workers ${availableParallelism()}] [--release FOLDER]
Trains conv_small on shapes: four losses x four weights of SEC x --seeds, --updates each, --workers at once with one thread each.
ours: through a server that is started for it, with nothing in its cache; --release names the built checkout of another release.
optuna, ray: the same network, pictures, batches and losses in PyTorch; SPHERELAB_PEER_PYTHON names a Python that has torch,
torchvision, optuna and ray. All evaluate R@1 of the test classes before and after training; only ours also clusters, scores the
training images, shows maps and neighbours, and keeps checkpoints from which a killed cell goes on. CPU is that of all processes
but daemons (Postgres of ours); Ray's workers are daemons.`;

export const options = {
  who: { type: 'string', default: runners.join(',') },
  updates: { type: 'string', default: '60' },
  seeds: { type: 'string', default: '3' },
  workers: { type: 'string', default: String(availableParallelism()) },
  release: { type: 'string', default: root },
};

export async function run({ who, updates, seeds, workers, release }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  chmodSync(folder, 0o755); // mkdtemp closes it to the server's user
  const grid = {
    loss: ['triplet', 'semihtriplet', 'n-npair', 'ms'],
    sec_wei: [0, 0.1, 0.5, 1],
    seed: Array.from({ length: Number(seeds) }, (_, seed) => seed),
  };
  const base = { dataset: 'shapes', backbone: 'conv_small', steps: Number(updates) - 1, eval_every: Number(updates) };
  console.log('| who | cells | start, s | sweep, s | s/cell | CPU, s | mean R@1 | load |');
  console.log(`|${' --- |'.repeat(8)}`);
  const timed = async (contender) => {
    const beforeS = endedCpuS();
    const result = await contender();
    return { ...result, cpuS: endedCpuS() - beforeS };
  };
  try {
    const ours = who.includes('ours') ? await timed(() => runOurs({ folder, base, grid, workers, release })) : null;
    if (ours !== null) report('ours', ours);
    for (const peer of runners.slice(1).filter((name) => who.includes(name))) {
      report(peer, await timed(() => runPeer(peer, { folder, base, grid, workers })), ours);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(name, { cells, startS, sweepS, cpuS, recall }, ours = null) {
  const times = [
    startS.toFixed(1),
    sweepS.toFixed(1),
    (sweepS / cells).toFixed(2),
    name === 'ray' ? '' : cpuS.toFixed(0),
  ];
  const row = [cells, ...times, recall.toFixed(4)];
  console.log(`| ${[name, ...row, loadavg()[0].toFixed(1)].join(' | ')} |`);
  if (ours !== null) console.log(`${name} / ours by the clock: ${(sweepS / ours.sweepS).toFixed(2)}`);
}

async function runOurs({ folder, base, grid, workers, release }) {
  const began = performance.now();
  const { url, stop } = await startServer({ folder, workers, release });
  try {
    const startedMs = performance.now();
    const { id } = await ask(`${url}/sweeps`, { base, grid });
    for (;;) {
      const { counts } = await ask(`${url}/sweeps/${id}`);
      if (counts.failed > 0) throw new Error('a cell failed');
      if (!counts.queued && !counts.running) break;
      await delay(200);
    }
    const sweepS = (performance.now() - startedMs) / 1000;
    const { items } = await ask(`${url}/experiments?sweep=${id}&limit=100`);
    const recalls = items.map(({ result }) => result.last.metrics.recall_at_1);
    return { cells: items.length, startS: (startedMs - began) / 1000, sweepS, recall: mean(recalls) };
  } finally {
    await stop();
  }
}

/** CPU seconds of all processes beneath this one that have ended, but for daemons: Postgres of ours, all workers of Ray. */
function endedCpuS() {
  const [userTicks, systemTicks] = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ').slice(13, 15);
  return (Number(userTicks) + Number(systemTicks)) / 100;
}

async function runPeer(name, { folder, base, grid, workers }) {
  const python = process.env.SPHERELAB_PEER_PYTHON;
  if (python === undefined) throw new Error('SPHERELAB_PEER_PYTHON is not set: no comparison');
  const job = path.join(folder, 'job.json');
  writeFileSync(job, JSON.stringify(await peerJob({ folder, base, grid, workers })));
  const script = fileURLToPath(new URL('./pytorch-sweep.py', import.meta.url));
  const out = path.join(folder, `${name}.json`);
  const child = spawn(python, [script, name, job, out], {
    cwd: folder,
    env: { ...process.env, OMP_NUM_THREADS: '1', RAY_USAGE_STATS_ENABLED: '0', PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => said.push(data));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${name} ended with code ${code}:\n${Buffer.concat(said).toString().slice(-3_000)}`);
  const { start_s: startS, sweep_s: sweepS, recalls } = JSON.parse(readFileSync(out, 'utf8'));
  return { cells: recalls.length, startS, sweepS, recall: mean(recalls) };
}

/** Cells with all their settings as our server completes them, and the pictures as they are before they are cropped. */
async function peerJob({ folder, base, grid, workers }) {
  const catalogue = openCatalogue({ cacheFolder: null });
  const facts = await catalogue.describe(null, 'shapes');
  await catalogue.close();
  const cells = grid.loss.flatMap((loss) =>
    grid.sec_wei.flatMap((sec_wei) =>
      grid.seed.map((seed) => resolveExperiment({ ...base, loss, sec_wei, seed }, facts).config),
    ),
  );
  const side = Math.round((cells[0].image_size * 256) / 227);
  const { train, test } = await readDatasetLists(null, 'shapes');
  const parts = Object.entries({ train, test }).map(([part, list]) => {
    const file = path.join(folder, `${part}.rgb`);
    const drawn = list.map(({ path: name, label }) => drawShape(label, Number(name.split('/').at(-1)), side));
    writeFileSync(file, Buffer.concat(drawn));
    return [part, { file, labels: list.map(({ label }) => label) }];
  });
  return { cells, side, workers: Number(workers), ...Object.fromEntries(parts) };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
