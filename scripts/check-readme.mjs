#!/usr/bin/env node
// Runs every command of the README's blocks as it stands there, in their order, in a fresh clone of what is committed here: a minute or
// two of setup, then as long as the commands take (a quarter of an hour on two cores). Their flags alone are checked by `npm test`.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { keep: { type: 'boolean' }, help: { type: 'boolean' } } });
/** What is not run, and why. */
const passedOver = {
  'npm test': 'it would run this repository within itself',
  'npm run demo': 'it serves until Ctrl-C; `npm run demo -- --exit` is run',
};
const timeoutMs = 20 * 60_000;

if (values.help) {
  console.log('usage: npm run check:readme -- [--keep]   --keep leaves the clone');
} else {
  process.exitCode = await check();
}

async function check() {
  const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-readme-'));
  const clone = path.join(folder, 'spherelab');
  let server = null;
  let failed = 0;
  try {
    execute(`git clone --quiet ${JSON.stringify(root)} ${JSON.stringify(clone)}`, folder);
    const commands = readCommands(path.join(clone, 'README.md'));
    console.log(`${commands.length} commands, in a clone in ${clone}`);
    for (const command of commands) {
      const why = passedOver[command];
      if (why !== undefined) {
        console.log(`-       ${command}   (${why})`);
        continue;
      }
      const beganMs = performance.now();
      const run = command === 'npm start' ? await start(clone) : { code: execute(placed(command, server), clone) };
      server = run.server ?? server;
      if (run.code !== 0) failed += 1;
      const seconds = ((performance.now() - beganMs) / 1000).toFixed(1).padStart(6);
      console.log(`${run.code === 0 ? 'ok' : `code ${run.code}`} ${seconds} s   ${command}`);
    }
  } finally {
    server?.process.kill('SIGINT');
    await server?.ended;
    if (!values.keep) rmSync(folder, { recursive: true, force: true });
  }
  console.log(failed === 0 ? 'every command works' : `${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Lines of the indented blocks that begin as a command does, without the remarks behind them. */
function readCommands(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => /^ {4}((?:npm|npx|curl) .*)$/.exec(line)?.[1] ?? [])
    .map((line) => line.replace(/\s+# .*$/, '').trim());
}

/** The README's curl asks the usual port; the server took another where that was taken. */
function placed(command, server) {
  return server === null ? command : command.replaceAll('localhost:3000', server.url.replace(/^https?:\/\//, ''));
}

function execute(command, cwd) {
  const { status, signal, stdout, stderr } = spawnSync('bash', ['-c', command], {
    cwd,
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) console.log(`${stdout}${stderr}`.split('\n').slice(-25).join('\n'));
  return status ?? signal;
}

/** `npm start` in a terminal of its own, until it says where it serves. */
async function start(cwd) {
  const child = spawn('npm', ['start'], { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  const url = await Promise.race([
    new Promise((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text) => {
          said += text;
          const [found] = /https?:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
          if (found !== undefined) resolve(found);
        });
      }
    }),
    ended.then(() => null),
  ]);
  if (url === null) {
    console.log(said);
    return { code: child.exitCode };
  }
  const group = { kill: (signal) => process.kill(-Number(child.pid), signal) };
  return { code: 0, server: { url, ended, process: group } };
}
