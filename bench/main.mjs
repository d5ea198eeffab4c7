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
  'no-op': './no-op.mjs',
  comparisons: './comparisons.mjs',
  sweep: './sweep.mjs',
  asha: './asha.mjs',
};
const [name, ...args] = process.argv.slice(2);
const chosen = name === undefined ? Object.keys(benches) : [name].filter((known) => known in benches);
if (chosen.length === 0) {
  console.error(`usage: npm run bench [NAME [-- OPTIONS]]; NAME is ${Object.keys(benches).join(', ')}
Without a name all run, one after another: about two hours on two cores.`);
  process.exit(name === '--help' ? 0 : 1);
}
if (!args.includes('--help')) await setup();
for (const each of chosen) {
  const bench = await import(benches[each]);
  if (args.includes('--help')) {
    console.log(bench.help);
    continue;
  }
  if (chosen.length > 1) console.log(`\n${each}`);
  try {
    await bench.run(parseArgs({ args, options: bench.options }).values);
  } catch (error) {
    // One that lacks its peer, its data or a browser keeps none of the others from running.
    if (chosen.length === 1) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
