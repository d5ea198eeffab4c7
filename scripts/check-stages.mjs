#!/usr/bin/env node
// Random sweeps on a tiny network with the real trainer: every cell ends as it does by itself, and each update of their tree is made
// once (packages/training/test/staged-sweeps.lone-runs.test.ts; `npm test` runs a dozen). Build first.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    sweeps: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log('usage: npm run check:stages -- [--sweeps 200] [--seed 1]');
} else {
  const { status } = spawnSync('npx', ['vitest', 'run', 'packages/training/test/staged-sweeps.lone-runs.test.ts'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
    env: { ...process.env, STAGED_SWEEPS: values.sweeps, STAGED_SEED: values.seed },
  });
  process.exit(status ?? 1);
}
