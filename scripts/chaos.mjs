#!/usr/bin/env node
// `npm run chaos`: runs a real system, kills its parts at random moments, and compares what it computed with an undisturbed twin.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setup } from './setup.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    store: { type: 'string', default: 'both' },
    configs: { type: 'string', default: '12' },
    burn: { type: 'boolean', default: false },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help || !['redis', 'postgres', 'both'].includes(values.store)) {
  console.log(`npm run chaos -- [--minutes 5] [--seed 1] [--store redis|postgres|both] [--configs 12] [--burn] [--out REPORT.md]
Kills API, supervisors, trainers, Redis and Postgres, empties Redis, makes connections half-open, and upgrades API and workers to
another release and back (in order or by SIGKILL; its losses compute the same in another order), at moments that the seed decides,
for so many minutes with each store; only what it started itself. Some runs are longer ones that go on from finished ones.
--burn keeps every core busy with other processes meanwhile. Ends with 0 if nothing was lost, doubled or changed and no run failed.`);
  process.exit(values.help ? 0 : 1);
}
await setup();
const { runChaos } = await import('../test/chaos/run-chaos.mjs');
const { chaosReport } = await import('../test/chaos/chaos-report.mjs');
const stores = values.store === 'both' ? ['redis', 'postgres'] : [values.store];
const summaries = [];
for (const store of stores) {
  summaries.push(
    await runChaos({
      store,
      seconds: Number(values.minutes) * 60,
      seed: Number(values.seed),
      configs: Number(values.configs),
      burn: values.burn,
      log: (message) => console.error(message),
    }),
  );
}
const report = chaosReport(summaries);
console.log(`\n${report}`);
if (values.out !== undefined) writeFileSync(values.out, `${report}\n`);
const wrong = summaries.flatMap(({ wrong: runs, unfinished }) => [...runs, ...unfinished]);
for (const what of [...wrong, ...summaries.flatMap(({ crashes }) => crashes)]) console.error(JSON.stringify(what));
const isWell = ({ notRecovered, startedOver, crashes }) => notRecovered + startedOver + crashes.length === 0;
process.exit(wrong.length === 0 && summaries.every(isWell) ? 0 : 1);
