// Ours and PyTorch's training step of BN-Inception in turn: forward, backward and Adam at 227 px.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));

export const help = `npm run bench train-step -- [--batch 8,24] [--rounds 8] [--threads N]
One training step of BN-Inception (forward, triplet loss, backward, Adam) at 227 px: ours and PyTorch eager channels_last
in turn, round by round, so that a machine whose speed drifts treats both alike. SPHERELAB_PEER_PYTHON names a Python
that has torch; without it only ours is timed.`;

export const options = {
  batch: { type: 'string', default: '8,24' },
  rounds: { type: 'string', default: '8' },
  threads: { type: 'string', default: String(availableParallelism()) },
};

/** A process that makes one step for each line it is sent. */
function contender(name, program, args, env) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name,
    step: async () => {
      child.stdin.write('\n');
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended`);
      return JSON.parse(value);
    },
    end: () => child.stdin.end(),
  };
}

export async function run({ batch, rounds, threads }) {
  const peer = process.env.SPHERELAB_PEER_PYTHON;
  const cache = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  console.log('batch  who      ms/step (min, median)  images/s  peak MB');
  try {
    for (const size of batch.split(',').map(Number)) {
      const instances = size % 3 === 0 ? 3 : 2;
      const contenders = [
        contender(
          'ours',
          process.execPath,
          [path.join(folder, 'train-step-process.mjs'), String(size), String(instances), cache],
          { TF_NUM_INTRAOP_THREADS: threads, TF_NUM_INTEROP_THREADS: threads },
        ),
        ...(peer === undefined
          ? []
          : [
              contender(
                'PyTorch',
                peer,
                [path.join(folder, 'pytorch-train-step.py'), size, instances, threads].map(String),
              ),
            ]),
      ];
      const times = await race(contenders, Number(rounds));
      const ratios = report(size, contenders, times);
      if (ratios !== null) console.log(`${String(size).padEnd(6)} PyTorch / ours: ${ratios}`);
    }
  } finally {
    rmSync(cache, { recursive: true });
  }
  if (peer === undefined) console.log('SPHERELAB_PEER_PYTHON is not set: no comparison with PyTorch');
}

/** Two warm-up steps each, then one step each, in turn. */
async function race(contenders, rounds) {
  const times = contenders.map(() => []);
  for (let round = -2; round < rounds; round += 1) {
    for (const [index, { step }] of contenders.entries()) {
      const result = await step();
      if (round >= 0 || round === -2) times[index].push(result);
    }
  }
  for (const { end } of contenders) end();
  return times;
}

function report(size, contenders, times) {
  const milliseconds = times.map(([, ...steps]) => steps.map(({ ms }) => ms).sort((a, b) => a - b));
  const median = (sorted) => sorted[Math.floor(sorted.length / 2)];
  contenders.forEach(({ name }, index) => {
    const sorted = milliseconds[index];
    const speed = `${sorted[0].toFixed(0)}, ${median(sorted).toFixed(0)}`;
    const peak = Math.max(...times[index].map(({ peak_mb: mb }) => mb));
    console.log(
      `${String(size).padEnd(6)} ${name.padEnd(8)} ${speed.padEnd(22)} ${((size / sorted[0]) * 1000).toFixed(1).padEnd(9)} ${peak.toFixed(0)}`,
    );
  });
  const [ours, theirs] = milliseconds;
  return theirs === undefined
    ? null
    : `${(theirs[0] / ours[0]).toFixed(2)} (minima), ${(median(theirs) / median(ours)).toFixed(2)} (medians)`;
}
