import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { killGroup } from './left-services.ts';
import type { StartedPart } from './started-parts.ts';

export type ServiceOptions = {
  readonly name: string;
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** ms from SIGTERM to SIGKILL */
  readonly graceMs: number;
  /** told at each start, before anything else may happen */
  readonly onStart: (pid: number) => void;
  readonly onRestart: (message: string) => void;
};

const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Starts a program of ours that is kept running: started again, with a growing pause, whenever it ends by itself. It gets a process
 * group of its own, so that Ctrl-C reaches the launcher alone and the order of stopping is ours; the IPC channel closes when the
 * launcher dies, and the services end themselves then.
 */
export function startService(options: ServiceOptions): StartedPart {
  let child: ChildProcess | null = null;
  let stopping = false;
  let pauseMs = firstPauseMs;

  const start = () => {
    const log = openSync(options.logFile, 'a');
    const startedMs = Date.now();
    const started = spawn(process.execPath, [options.script], {
      env: options.env,
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    child = started;
    if (started.pid !== undefined) options.onStart(started.pid);
    const onEnd = async (how: string) => {
      child = null;
      if (stopping) return;
      if (Date.now() - startedMs > longestPauseMs) pauseMs = firstPauseMs;
      options.onRestart(`${options.name} ended (${how}), starting again in ${pauseMs} ms; log: ${options.logFile}`);
      await sleep(pauseMs);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      if (!stopping) start();
    };
    started.once('exit', (code, signal) => void onEnd(signal ?? `code ${code}`));
    // No memory or no process left: nothing was started, so nothing will exit.
    started.once('error', (error) => {
      if (started.pid === undefined) void onEnd(error.message);
    });
  };

  start();
  return {
    stop: async () => {
      stopping = true;
      const running = child;
      if (running === null) return;
      const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
      running.kill('SIGTERM');
      const timer = setTimeout(() => running.kill('SIGKILL'), options.graceMs);
      await ended;
      clearTimeout(timer);
    },
    kill: async () => {
      stopping = true;
      if (child?.pid !== undefined) killGroup(child.pid);
    },
  };
}
