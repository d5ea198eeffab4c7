#!/usr/bin/env node
// Runs the tests after setting the clone up: `npm test`, `npm test -- losses` (a filter), `npm run test:golden`.
// Ends with the line 'N passed, N failed' (', N skipped' may follow).
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from './setup.mjs';
import { testSummary } from './test-summary.mjs';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log('usage: npm test [-- FILTER...]   runs the test files whose path contains a filter; all without one');
  process.exit(0);
}
await setup();

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-test-'));
const report = path.join(folder, 'report.json');
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], { cwd: root, stdio: 'inherit' });

child.on('close', (code) => {
  let failed = 1;
  try {
    const summary = testSummary(JSON.parse(readFileSync(report, 'utf8')));
    for (const file of summary.cutOff)
      console.log(`the process of ${path.relative(root, file)} ended before its tests`);
    console.log(summary.line);
    failed = summary.failed;
  } catch (error) {
    console.error(`no test report: ${error.message}`);
  }
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code === 0 && failed > 0 ? 1 : (code ?? 1);
});
