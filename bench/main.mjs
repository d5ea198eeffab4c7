#!/usr/bin/env node
// `npm run bench NAME`: measurements that stand behind the claims in docs/performance.md. They prove nothing by
// passing; they print numbers.
import { parseArgs } from 'node:util';
import { setup } from '../scripts/setup.mjs';

const benches = {
  'train-step': './train-step.mjs',
  roof: './roof.mjs',
  metrics: './metrics.mjs',
  retrieval: './retrieval.mjs',
  'k-means': './k-means.mjs',
  growth: './growth.mjs',
  page: './page.mjs',
  pictures: './pictures.mjs',
  resolve: './resolve.mjs',
  requests: './requests.mjs',
  comparisons: './comparisons.mjs',
  sweep: './sweep.mjs',
  asha: './asha.mjs',
};
const [name, ...args] = process.argv.slice(2);
const file = benches[name];
if (file === undefined) {
  console.error(`usage: npm run bench NAME [-- OPTIONS]; NAME is ${Object.keys(benches).join(', ')}`);
  process.exit(name === undefined || name === '--help' ? 0 : 1);
}
const bench = await import(file);
if (args.includes('--help')) {
  console.log(bench.help);
} else {
  await setup();
  await bench.run(parseArgs({ args, options: bench.options }).values);
}
