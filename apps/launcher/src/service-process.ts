import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program of ours that is kept running: started again, with a growing pause, whenever it ends by itself. */
export type ServiceProcess = {
  readonly name: string;
  /** SIGTERM, then SIGKILL after `graceMs`; resolves when the process is gone. */
  readonly stop: (graceMs: number) => Promise<void>;
};

export type ServiceOptions = {
  readonly name: string;
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly onRestart: (message: string) => void;
};

const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Starts a script. It gets a process group of its own, so that Ctrl-C reaches the launcher alone and the order of stopping is ours;
 * the IPC channel closes when the launcher dies, and the services end themselves then.
 */
export function startService(options: ServiceOptions): ServiceProcess {
  let child: ChildProcess | null = null;
  let stopping = false;
  let pauseMs = firstPauseMs;

  const start = () => {
    const log = openSync(options.logFile, 'a');
    const startedMs = Date.now();
    child = spawn(process.execPath, [options.script], {
      env: options.env,
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    child.on('exit', async (code, signal) => {
      child = null;
      if (stopping) return;
      if (Date.now() - startedMs > longestPauseMs) pauseMs = firstPauseMs;
      options.onRestart(
        `${options.name} ended (${signal ?? `code ${code}`}), starting again in ${pauseMs} ms; log: ${options.logFile}`,
      );
      await sleep(pauseMs);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      if (!stopping) start();
    });
  };

  start();
  return {
    name: options.name,
    stop: async (graceMs) => {
      stopping = true;
      const running = child;
      if (running === null || running.exitCode !== null || running.signalCode !== null) return;
      const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
      running.kill('SIGTERM');
      const timer = setTimeout(() => running.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
