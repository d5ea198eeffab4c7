#!/usr/bin/env node
// `npm run survive`: kills a worker with -9 and shakes a sweep, and prints what came out beside an undisturbed twin.
import { parseArgs } from 'node:util';
import { setup } from './setup.mjs';

const { values } = parseArgs({
  options: { steps: { type: 'string', default: '300' }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(`npm run survive -- [--steps 300]
Starts a system of its own, kills a worker with -9 in the middle of a run, then empties Redis and kills Postgres in the middle of
a sweep; prints SHA-256 of the weights and counts of metric points beside those of undisturbed runs. Ends with 0 if all are equal.`);
  process.exit(0);
}
await setup();
const { survive } = await import('../test/chaos/survive.mjs');
const isEqual = await survive({ steps: Number(values.steps), say: (line) => console.log(line) });
console.log(isEqual ? 'nothing lost, nothing doubled, the same bits' : 'NOT the same');
process.exit(isEqual ? 0 : 1);
