#!/usr/bin/env node
// Makes a clone ready to run: npm packages, compiled TypeScript, the native engine. Plain Node, no dependency;
// safe to run again and to interrupt. `node scripts/setup.mjs --help`
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { missingPrerequisites } from './prerequisites.mjs';
import { forgetSetupVariables } from './setup-environment.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** ms. turbo stops its tasks, pip removes its half of a file. */
const patienceMs = 5_000;
const stamp = path.join(root, 'node_modules', '.spherelab-lock');

/** Without one of these in node_modules nothing can be built, whatever the stamp says. */
const buildTools = ['turbo', 'tsc', 'vite'];

/**
 * Brings the clone up to date, or says what is missing and exits 1. What other tools put into the environment for themselves is gone
 * afterwards, for whatever runs next.
 */
export async function setup() {
  const startedMs = Date.now();
  forgetSetupVariables(process.env);
  const missing = missingPrerequisites();
  if (missing.length > 0) fail(`cannot set up:\n${missing.map((line) => `  - ${line}`).join('\n')}`);
  await installPackages();
  await run(
    'compiling',
    process.execPath,
    [bin('turbo'), 'run', 'build', '--output-logs=errors-only', '--log-order=grouped'],
    {
      TURBO_TELEMETRY_DISABLED: '1',
      DO_NOT_TRACK: '1',
      CHECKPOINT_DISABLE: '1',
    },
  );
  await run('engine', process.execPath, ['packages/tensorflow/dist/install/main.js'], {}, [
    'ignore',
    'inherit',
    'inherit',
  ]);
  const { forgetForeignVariables } = await import('../packages/host/dist/index.js');
  forgetForeignVariables(process.env);
  const seconds = (Date.now() - startedMs) / 1000;
  if (seconds > 5) console.log(`setup: ready after ${seconds.toFixed(0)} s`);
}

async function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const lacking = () => buildTools.filter((tool) => !existsSync(bin(tool)));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && lacking().length === 0) return;
  console.log('setup: installing npm packages (about a minute)');
  // Build tools too, whatever an .npmrc leaves out.
  await run('npm ci', 'npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'], {});
  if (lacking().length > 0) fail(`npm ci left out ${lacking().join(', ')}: see the settings of npm (npm config ls)`);
  writeFileSync(stamp, lock);
}

/** The JavaScript file behind a package's command, so that no shell and no npx is needed. */
function bin(name) {
  return path.join(root, 'node_modules', '.bin', name);
}

/** Runs a step to its end. It gets a group of its own: a signal ends all of it, and nothing of it outlives the setup. */
async function run(what, program, args, env, stdio = ['ignore', 'pipe', 'pipe']) {
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio, detached: true });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said += text));
  const tell = (signal) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // all of it is gone
    }
  };
  let interrupted = false;
  const interrupt = () => {
    if (!interrupted) setTimeout(tell, patienceMs, 'SIGKILL').unref();
    interrupted = true;
    tell('SIGTERM');
  };
  for (const signal of stopSignals) process.on(signal, interrupt);
  const status = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', resolve);
  });
  if (interrupted) tell('SIGKILL');
  for (const signal of stopSignals) process.off(signal, interrupt);
  if (interrupted) fail('interrupted; the next start goes on with it', 130);
  if (status !== 0) fail(`${what} failed:\n${typeof status === 'string' ? status : ''}${said}`);
}

function fail(message, code = 1) {
  console.error(`setup: ${message.trim()}`);
  process.exit(code);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--help')) {
    console.log(
      'usage: node scripts/setup.mjs\nInstalls npm packages, compiles, and makes the native engine ready. Safe to run again.',
    );
  } else {
    await setup();
  }
}
