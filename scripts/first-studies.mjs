#!/usr/bin/env node
// The studies of docs/results.md: asks a running server the same questions and, once they are answered, prints their tables. A question
// that was asked before is the same study, so it can be called again at any time.
// usage: node scripts/first-studies.mjs [--datasets grocery,emoji] [--url http://127.0.0.1:3000] [--now]
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { summarize } from '../packages/statistics/dist/index.js';

const { values } = parseArgs({
  options: {
    datasets: { type: 'string', default: 'grocery,emoji' },
    url: { type: 'string', default: process.env.SPHERELAB_URL ?? 'http://127.0.0.1:3000' },
    now: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

const losses = ['triplet', 'semihtriplet', 'n-npair', 'ms'];
const optimizers = [
  ...losses.map((loss) => ({ loss, set: {}, lr: [1e-4, 0.1], suffix: '' })),
  { loss: 'triplet', set: { optimizer: 'sgd' }, lr: [1e-3, 1], suffix: ', SGD' },
];
const schedules = { grocery: { steps: 60, eval_every: 60 } };
const log = ([low, high]) => ({ low, high, scale: 'log' });
const arms = [
  { name: 'plain', set: { sec_wei: 0, l2reg_wei: 0 } },
  { name: 'l2reg', set: { sec_wei: 0 }, space: { l2reg_wei: log([1e-4, 0.1]) } },
  { name: 'sec', set: { l2reg_wei: 0 }, space: { sec_wei: log([0.01, 1]) } },
];
/** What is shown of the runs of an arm: metric, head of its column, factor, digits. */
const columns = [
  ['recall_at_1', 'R@1, %', 100, 1],
  ['map_at_r', 'MAP@R, %', 100, 1],
  ['nmi', 'NMI, %', 100, 1],
  ['f1', 'F1, %', 100, 1],
  ['norm_cv', 'norm_cv', 1, 3],
];

const baselineNames = {
  features: 'pretrained features',
  untrained: 'before training',
  colour_histogram: 'colour histogram',
};

async function call(path, body) {
  const init = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(`${values.url}${path}`, init);
  const answer = await response.json();
  if (!response.ok) throw new Error(`${path}: ${answer.detail ?? answer.title}`);
  return answer;
}

function question(dataset, { loss, set, lr, suffix }) {
  return {
    name: `${dataset} ${loss}, head alone${suffix}`,
    base: {
      dataset,
      loss,
      backbone: 'efficientnet_lite0',
      freeze_stages: 9,
      ...schedules[dataset],
      ...set,
    },
    arms,
    tune: { space: { lr: log(lr) }, trials: 8, seeds: [1000, 1001] },
    budget: { pairs: 12 },
  };
}

async function answered(id) {
  for (;;) {
    const study = await call(`/studies/${id}`);
    if (study.status !== 'open' || values.now) return study;
    await delay(2_000);
  }
}

/** `| plain | 12 | 0.0021 | 41.2 ± 0.5 | ...`: mean and half-width of its 95 % interval over the seeds. */
async function rowOf(study, { name }) {
  const ids = study.runs.filter((run) => run.phase === 'compare' && run.arm === name && run.status === 'succeeded');
  const runs = await Promise.all(ids.map(({ experiment_id: id }) => call(`/experiments/${id}`)));
  const cells = columns.map(([metric, , factor, digits]) => {
    const { mean, ci95 } = summarize(runs.map(({ result }) => factor * result.last.metrics[metric])) ?? {};
    return mean === undefined ? '-' : `${mean.toFixed(digits)} ± ${((ci95[1] - ci95[0]) / 2).toFixed(digits)}`;
  });
  const { trials, chosen } = study.state.tuning.find(({ arm }) => arm === name);
  const settings = Object.entries(trials[chosen]?.settings ?? {}).map(([field, value]) => `${field} ${value}`);
  return { cells: [name, runs.length, settings.join(', '), ...cells], baselines: runs[0]?.result.baselines };
}

function printTable(rows) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => String(row[at]).length)));
  const line = (row) => `| ${row.map((cell, at) => String(cell).padEnd(widths[at])).join(' | ')} |`;
  console.log([line(rows[0]), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)].join('\n'));
}

async function print(study) {
  console.log(`\n### ${study.name}\n`);
  const rows = [];
  for (const arm of study.plan.arms) rows.push(await rowOf(study, arm));
  const baselineRows = Object.entries(rows[0].baselines ?? {}).map(([name, { metrics }]) => [
    baselineNames[name] ?? name,
    '',
    '',
    ...columns.map(([metric, , factor, digits]) =>
      (factor * metrics[metric] || Number.NaN).toFixed(digits).replace('NaN', '-'),
    ),
  ]);
  printTable([
    ['arm', 'n', 'chosen', ...columns.map(([, head]) => head)],
    ...rows.map(({ cells }) => cells),
    ...baselineRows,
  ]);
  console.log('');
  for (const { reason } of study.state.comparisons) console.log(`- ${reason}`);
  for (const { arm, at_edge: edge } of study.state.tuning) {
    if (edge.length > 0) console.log(`- ${arm}: the chosen ${edge.join(', ')} is at the edge of what was tried`);
  }
  console.log(`- ${study.runs.length} runs; plan ${study.plan_sha256.slice(0, 12)}`);
}

if (values.help) {
  console.log('usage: node scripts/first-studies.mjs [--datasets grocery,emoji] [--url URL] [--now: as they stand]');
} else {
  const asked = [];
  for (const dataset of values.datasets.split(',')) {
    for (const what of optimizers) asked.push(await call('/studies', question(dataset, what)));
  }
  for (const { id } of asked) await print(await answered(id));
}
