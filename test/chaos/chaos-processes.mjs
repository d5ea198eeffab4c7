import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A program that is started here and can be killed and started again. Only processes that were started here are ever killed.
 * One that ends though nobody asked it to is started again, as the launcher, systemd or Kubernetes would, and told: it is a bug.
 * @param {{ name: string, program: string, args: () => string[], env: NodeJS.ProcessEnv, logFile: string,
 *   onStart?: (pid: number) => void, onCrash?: (how: string) => void }} options `args` is asked at each start
 */
export function restartable({
  name,
  program,
  args,
  env,
  logFile,
  onStart = () => undefined,
  onCrash = () => undefined,
}) {
  let child = null;
  let wanted = false;
  const start = () => {
    wanted = true;
    const log = openSync(logFile, 'a');
    const started = spawn(program, args(), { env, stdio: ['ignore', log, log] });
    closeSync(log);
    onStart(started.pid);
    started.once('exit', async (code, signal) => {
      if (!wanted || child !== started) return;
      onCrash(`${name}: ${signal ?? `code ${code}`}`);
      await delay(500);
      if (wanted && child === started) start();
    });
    child = started;
  };
  const isRunning = () => child !== null && child.exitCode === null && child.signalCode === null;
  const end = async (signal) => {
    wanted = false;
    if (!isRunning()) return false;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
    return true;
  };
  return {
    name,
    start,
    isRunning,
    get pid() {
      return child?.pid ?? null;
    },
    kill: () => end('SIGKILL'),
    stop: async (graceMs) => {
      const stopped = end('SIGTERM');
      const late = delay(graceMs, 'late', { ref: false });
      if ((await Promise.race([stopped, late])) === 'late') await end('SIGKILL');
    },
  };
}

/** Pids of the trainers that a supervisor forked. */
export function trainersOf(supervisorPid) {
  try {
    const children = readFileSync(`/proc/${supervisorPid}/task/${supervisorPid}/children`, 'utf8').split(' ');
    return children
      .filter(Boolean)
      .map(Number)
      .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('trainer-process'));
  } catch {
    return []; // one of them ended between two looks
  }
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
