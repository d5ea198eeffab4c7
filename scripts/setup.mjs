#!/usr/bin/env node
// Makes a clone ready to run: npm packages, compiled TypeScript, the native engine. Plain Node, no dependency;
// safe to run again and to interrupt. `node scripts/setup.mjs --help`
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { missingPrerequisites } from './prerequisites.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamp = path.join(root, 'node_modules', '.spherelab-lock');

/** Brings the clone up to date, or says what is missing and exits 1. */
export function setup() {
  const startedMs = Date.now();
  const missing = missingPrerequisites();
  if (missing.length > 0) fail(`cannot set up:\n${missing.map((line) => `  - ${line}`).join('\n')}`);
  installPackages();
  run(
    'compiling',
    process.execPath,
    [bin('turbo'), 'run', 'build', '--output-logs=errors-only', '--log-order=grouped'],
    {
      TURBO_TELEMETRY_DISABLED: '1',
      DO_NOT_TRACK: '1',
      CHECKPOINT_DISABLE: '1',
    },
  );
  run('engine', process.execPath, ['packages/tensorflow/dist/install/main.js'], {}, 'inherit');
  const seconds = (Date.now() - startedMs) / 1000;
  if (seconds > 5) console.log(`setup: ready after ${seconds.toFixed(0)} s`);
}

function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('setup: installing npm packages (about a minute)');
  run('npm ci', 'npm', ['ci', '--no-audit', '--no-fund'], {});
  writeFileSync(stamp, lock);
}

/** The JavaScript file behind a package's command, so that no shell and no npx is needed. */
function bin(name) {
  return path.join(root, 'node_modules', '.bin', name);
}

function run(what, program, args, env, stdio = 'pipe') {
  const result = spawnSync(program, args, { cwd: root, env: { ...process.env, ...env }, stdio, encoding: 'utf8' });
  if (result.status === 0) return;
  fail(`${what} failed:\n${result.error?.message ?? ''}${result.stdout ?? ''}${result.stderr ?? ''}`);
}

function fail(message) {
  console.error(`setup: ${message.trim()}`);
  process.exit(1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--help')) {
    console.log(
      'usage: node scripts/setup.mjs\nInstalls npm packages, compiles, and makes the native engine ready. Safe to run again.',
    );
  } else {
    setup();
  }
}
