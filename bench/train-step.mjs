// Ours and PyTorch's training step in turn: forward, backward and Adam of each backbone.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));

/** Side of the pictures in pixels, and batches, by backbone. */
export const settings = {
  bn_inception: { side: 227, batches: [8, 24] },
  efficientnet_lite0: { side: 96, batches: [24, 96] },
  conv_small: { side: 64, batches: [90] },
};

export const help = `npm run bench train-step -- [--backbone ${Object.keys(settings).join(',')}] [--batch 8,24] [--rounds 8] [--threads N]
                            [--peers channels_last,compiled]
One training step (forward, triplet loss, backward, Adam; backbone batch norm frozen): ours and PyTorch in turn, round by
round, so that a machine whose speed drifts treats all alike. Peers: channels_last and nchw are PyTorch eager, compiled
is torch.compile on channels_last. SPHERELAB_PEER_PYTHON names a Python that has torch (and efficientnet-lite-pytorch);
without it only ours is timed. CPU is the time of all threads: it tells more than the clock where others use the machine.`;

export const options = {
  backbone: { type: 'string', default: Object.keys(settings).join(',') },
  batch: { type: 'string' },
  rounds: { type: 'string', default: '8' },
  threads: { type: 'string', default: String(availableParallelism()) },
  peers: { type: 'string', default: 'channels_last,compiled' },
};

/** A process that makes one step for each line it is sent. */
function contender(name, program, args, env) {
  const child = spawn(program, args.map(String), {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
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

const instancesOf = (size) => (size % 3 === 0 ? 3 : 2);

/** Our step of a batch of `size`. */
export function ours({ backbone, size, threads, cache }) {
  const script = path.join(folder, 'train-step-process.mjs');
  const args = [script, backbone, settings[backbone].side, size, instancesOf(size), cache];
  return contender('ours', process.execPath, args, threadsOf(threads));
}

/** Variables that give TensorFlow so many threads. */
export function threadsOf(threads) {
  return { TF_NUM_INTRAOP_THREADS: threads, TF_NUM_INTEROP_THREADS: threads };
}

function contendersOf({ backbone, size, threads, peers, cache }) {
  const { side } = settings[backbone];
  const instances = instancesOf(size);
  const peer = process.env.SPHERELAB_PEER_PYTHON;
  const theirs = [path.join(folder, 'pytorch-train-step.py'), backbone, side, size, instances, threads];
  return [
    ours({ backbone, size, threads, cache }),
    ...(peer === undefined ? [] : peers.split(',').map((mode) => contender(mode, peer, [...theirs, mode]))),
  ];
}

export async function run({ backbone, batch, rounds, threads, peers }) {
  const cache = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  console.log('backbone            batch  who            ms/step (min, median)  CPU ms (min)  images/s  peak MB');
  try {
    for (const name of backbone.split(',')) {
      for (const size of batch?.split(',').map(Number) ?? settings[name].batches) {
        const contenders = contendersOf({ backbone: name, size, threads, peers, cache });
        report(name, size, contenders, await race(contenders, Number(rounds)));
      }
    }
  } finally {
    rmSync(cache, { recursive: true });
  }
  if (process.env.SPHERELAB_PEER_PYTHON === undefined)
    console.log('SPHERELAB_PEER_PYTHON is not set: no comparison with PyTorch');
}

/** Two warm-up steps each, then one step each, in turn. */
export async function race(contenders, rounds) {
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

function sorted(results, key) {
  return results.map((result) => result[key]).sort((a, b) => a - b);
}

function report(backbone, size, contenders, times) {
  const measured = times.map(([, ...steps]) => ({ ms: sorted(steps, 'ms'), cpu: sorted(steps, 'cpu_ms') }));
  const median = (values) => values[Math.floor(values.length / 2)];
  const row = `${backbone.padEnd(19)} ${String(size).padEnd(6)}`;
  contenders.forEach(({ name }, index) => {
    const { ms, cpu } = measured[index];
    const speed = `${ms[0].toFixed(0)}, ${median(ms).toFixed(0)}`;
    const peak = Math.max(...times[index].map(({ peak_mb: mb }) => mb));
    const images = ((size / ms[0]) * 1000).toFixed(1);
    console.log(
      `${row} ${name.padEnd(14)} ${speed.padEnd(22)} ${cpu[0].toFixed(0).padEnd(13)} ${images.padEnd(9)} ${peak.toFixed(0)}`,
    );
  });
  const [own, ...theirs] = measured;
  theirs.forEach(({ ms, cpu }, index) => {
    const ratios = [ms[0] / own.ms[0], median(ms) / median(own.ms), cpu[0] / own.cpu[0]].map((x) => x.toFixed(2));
    const name = contenders[index + 1].name;
    console.log(`${row} ${name} / ours: ${ratios[0]} (minima), ${ratios[1]} (medians), ${ratios[2]} (CPU)`);
  });
}
