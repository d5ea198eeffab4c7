#!/usr/bin/env node
// Trains a grid of losses, learning rates and SEC weights on held-out training classes and prints a table: how the
// values of the presets that are marked `ours` were chosen. Run it on a quiet machine; the test classes stay unseen.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { resolveExperiment } from '@spherelab/config';
import { openCatalogue } from '@spherelab/datasets/catalogue';
import { readNumerics } from '@spherelab/numerics';
import { trainExperiment } from '@spherelab/training';

const help = `node scripts/tune.mjs [--dataset shapes] [--data-root DIR] [--protocol validation|paper]
  [--loss triplet,semihtriplet,n-npair,ms] [--lr 0.001,0.002] [--sec 0,0.5] [--steps 200] [--seed 0,1]
  [--set field=value ...]    any other field of an experiment

One row for each cell of the grid: Recall@1 of the untrained network, at the end and at best, recall on the training
classes, and the spread of the norms (standard deviation over mean), all on the part that the protocol evaluates.`;

const { values: flags } = parseArgs({
  options: {
    dataset: { type: 'string', default: 'shapes' },
    'data-root': { type: 'string', default: process.env.SPHERELAB_DATA_DIR ?? './datasets' },
    protocol: { type: 'string', default: 'validation' },
    loss: { type: 'string', default: 'triplet,semihtriplet,n-npair,ms' },
    lr: { type: 'string', default: 'preset' },
    sec: { type: 'string', default: '0,0.5' },
    steps: { type: 'string', default: 'preset' },
    seed: { type: 'string', default: '0' },
    set: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help) {
  console.log(help);
  process.exit(0);
}

const list = (text) => text.split(',');
const preset = (text, value) => (text === 'preset' ? {} : value(Number(text)));
const extra = Object.fromEntries(
  flags.set.map((pair) => {
    const [field, value] = pair.split('=');
    return [field, JSON.parse(value)];
  }),
);

const cells = list(flags.loss).flatMap((loss) =>
  list(flags.lr).flatMap((lr) =>
    list(flags.steps).flatMap((steps) =>
      list(flags.sec).flatMap((sec) =>
        list(flags.seed).map((seed) => ({
          dataset: flags.dataset,
          protocol: flags.protocol,
          loss,
          sec_wei: Number(sec),
          seed: Number(seed),
          ...preset(lr, (value) => ({ lr: value, lr_p: value })),
          ...preset(steps, (value) => ({ steps: value })),
          ...extra,
        })),
      ),
    ),
  ),
);

const catalogue = openCatalogue({ cacheFolder: null });
const facts = await catalogue.describe(flags['data-root'], flags.dataset, flags.protocol);
await catalogue.close();
const workFolder = await mkdtemp(path.join(tmpdir(), 'spherelab-tune-'));
const columns =
  'loss         lr     sec_wei seed batch steps | untrained   last   best  train | norm_cv: first   last |     s  ms/step';
console.log(columns);
const number = (value, width, digits = 3) => (value === undefined ? '-' : value.toFixed(digits)).padStart(width);
try {
  for (const cell of cells) {
    const { config } = resolveExperiment(cell, facts);
    const startMs = performance.now();
    const speeds = [];
    const emit = (event) => {
      if (event.type === 'checkpoint') return rm(event.file);
      if (event.type === 'metrics') {
        speeds.push(...event.points.filter(({ name }) => name === 'images_per_s').map(({ value }) => value));
      }
    };
    const folders = { dataRoot: flags['data-root'], cacheFolder: workFolder, workFolder };
    const chooseStart = async () => ({ type: 'begin', resumeFrom: null, graphFolder: null });
    const training = { config, numerics: readNumerics(), ...folders, chooseStart, emit, stop: () => null };
    const outcome = await trainExperiment(training).catch((error) => ({ error }));
    const name = `${config.loss.padEnd(12)} ${String(config.lr).padEnd(6)} ${String(config.sec_wei).padEnd(7)}`;
    const run = `${name} ${String(config.seed).padEnd(4)} ${String(config.batch_size).padEnd(5)} ${String(config.steps).padEnd(5)}`;
    if ('error' in outcome) {
      console.log(`${run} | ${outcome.error.message}`);
      continue;
    }
    const { last, best, baselines } = outcome.result;
    const { untrained } = baselines;
    const recalls = [untrained.metrics.recall_at_1, last.metrics.recall_at_1, best.metrics.recall_at_1];
    const speed = speeds.toSorted((a, b) => a - b)[Math.floor(speeds.length / 2)];
    const scores = `${number(recalls[0], 9)} ${number(recalls[1], 6)} ${number(recalls[2], 6)} ${number(last.metrics.train_recall_at_1, 6)}`;
    const norms = `${number(untrained.metrics.norm_cv, 14)} ${number(last.metrics.norm_cv, 6)}`;
    const seconds = number((performance.now() - startMs) / 1000, 5, 1);
    console.log(`${run} | ${scores} | ${norms} | ${seconds} ${number((config.batch_size / speed) * 1000, 8, 0)}`);
  }
} finally {
  await rm(workFolder, { recursive: true, force: true });
}
