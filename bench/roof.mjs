// How much of what matrix products of the same sizes reach is left to a training step.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ours, race, settings, threadsOf } from './train-step.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));

export const help = `npm run bench roof -- [--backbone ${Object.keys(settings).join(',')}] [--batch 8,24] [--rounds 8] [--threads ${availableParallelism()}]
The training step beside the matrix products that its convolutions and dense layers amount to (forward, gradient of the weights,
gradient of the input), each product alone on random matrices, whose times are added. share: products / step. What the step does
besides (gathering patches, depthwise convolutions, pooling, loss, Adam) is not in the products; a convolution that needs fewer
operations than its product (Winograd's) can exceed 1.`;

export const options = {
  backbone: { type: 'string', default: Object.keys(settings).join(',') },
  batch: { type: 'string' },
  rounds: { type: 'string', default: '8' },
  threads: { type: 'string', default: String(availableParallelism()) },
};

export async function run({ backbone, batch, rounds, threads }) {
  const cache = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  console.log('| network | batch | step, ms | GFLOP/s | products, ms | GFLOP/s | share | GFLOP |');
  console.log(`|${' --- |'.repeat(8)}`);
  try {
    for (const name of backbone.split(',')) {
      const { side, batches } = settings[name];
      for (const size of batch?.split(',').map(Number) ?? batches) {
        const script = path.join(folder, 'roof-process.mjs');
        const said = execFileSync(process.execPath, [script, name, side, size, rounds], {
          encoding: 'utf8',
          env: { ...process.env, ...threadsOf(threads) },
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const { ms, gflop } = JSON.parse(said);
        // The first is the warm-up.
        const [[, ...steps]] = await race([ours({ backbone: name, size, threads, cache })], Number(rounds));
        const stepMs = Math.min(...steps.map((step) => step.ms));
        const rates = [stepMs, ms].map((time) => `${time.toFixed(0)} | ${((1000 * gflop) / time).toFixed(0)}`);
        console.log(`| ${name} | ${size} | ${rates.join(' | ')} | ${(ms / stepMs).toFixed(2)} | ${gflop.toFixed(1)} |`);
      }
    }
  } finally {
    rmSync(cache, { recursive: true });
  }
}
