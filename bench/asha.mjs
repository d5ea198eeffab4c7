// Successive halving beside the grid of the same draws: how many updates each makes, and how good what it ends with is.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pairedDifference } from '../packages/statistics/dist/index.js';
import { ask, startServer } from './server.mjs';

export const help = `npm run bench asha -- [--datasets shapes,grocery,emoji] [--samples 20] [--seeds 3] [--workers ${availableParallelism()}]
Draws --samples settings of lr and sec_wei for multi-similarity, and trains them with --seeds each: by successive halving, then all
of them to the end. SPHERELAB_DATA_DIR holds the data sets beside shapes. What both choose is judged by the mean recall at 1 of
held-out training classes over the seeds, and the difference by pairs of the same seed.`;

export const options = {
  datasets: { type: 'string', default: 'shapes,grocery,emoji' },
  samples: { type: 'string', default: '20' },
  seeds: { type: 'string', default: '3' },
  workers: { type: 'string', default: String(availableParallelism()) },
};

/** What is trained on each data set: a small network whole, or the head on pretrained features. */
const small = { backbone: 'conv_small', image_size: 32, embedding_dim: 32 };
const head = { backbone: 'efficientnet_lite0', freeze_stages: 9, weights: 'efficientnet-lite0-57934424.pth' };
const networks = { shapes: small, grocery: head, emoji: head };
const lastStep = 180;
const halving = { first_steps: 20, factor: 3 };

export async function run({ datasets, samples, seeds, workers }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-bench-'));
  chmodSync(folder, 0o755); // mkdtemp closes it to the server's user
  const { url, stop } = await startServer({ folder, workers });
  console.log(
    '| data set | updates, halving | updates, all | share | R@1 %, halving | R@1 %, best of all | difference, pairs |',
  );
  console.log(`|${' --- |'.repeat(7)}`);
  try {
    for (const dataset of datasets.split(',')) {
      const search = {
        base: {
          dataset,
          loss: 'ms',
          steps: lastStep,
          eval_every: halving.first_steps,
          protocol: 'validation',
          ...networks[dataset],
        },
        space: {
          lr: { low: 1e-5, high: 1e-1, scale: 'log' },
          sec_wei: { low: 0.01, high: 1, scale: 'log' },
        },
        samples: Number(samples),
        grid: { seed: Array.from({ length: Number(seeds) }, (_, seed) => seed) },
      };
      const asha = await trained(url, { ...search, strategy: 'asha', halving });
      const all = await trained(url, { ...search, strategy: 'random' });
      console.log(row(dataset, asha, all));
    }
  } finally {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits for a sweep. @returns its experiments */
async function trained(url, request) {
  const { id } = await ask(`${url}/sweeps`, request);
  for (;;) {
    const { counts, grows } = await ask(`${url}/sweeps/${id}`);
    if (!grows && !counts.queued && !counts.running) break;
    await delay(300);
  }
  const items = [];
  for (let cursor = ''; cursor !== null; ) {
    const page = await ask(`${url}/sweeps/${id}/experiments?limit=200${cursor && `&cursor=${cursor}`}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items.filter(({ status }) => status === 'succeeded');
}

function row(dataset, asha, all) {
  const executed = sum(asha.map(({ result, prefix }) => result.updates - (prefix?.step ?? 0)));
  const whole = sum(all.map(({ result }) => result.updates));
  const [chosen] = settingsOf(asha.filter(({ config }) => config.steps === lastStep));
  const [best] = settingsOf(all);
  const difference = pairedDifference(chosen.recalls, best.recalls);
  const [low, high] = difference.ci95 ?? [0, 0];
  const interval = `${points(difference.mean)} [${points(low)}, ${points(high)}], ${difference.n}: ${difference.verdict}`;
  const cells = [executed, whole, (executed / whole).toFixed(2), points(chosen.mean), points(best.mean), interval];
  return `| ${[dataset, ...cells].join(' | ')} |`;
}

/** Settings by their mean recall over seeds, the best first. */
function settingsOf(experiments) {
  const groups = new Map();
  for (const { config, result } of experiments) {
    const key = `${config.lr} ${config.sec_wei}`;
    const recalls = groups.get(key) ?? new Map();
    groups.set(key, recalls.set(config.seed, result.last.metrics.recall_at_1));
  }
  return [...groups.values()]
    .map((recalls) => ({ recalls, mean: sum([...recalls.values()]) / recalls.size }))
    .sort((a, b) => b.mean - a.mean);
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const points = (rate) => (100 * rate).toFixed(1);
