import { fork } from 'node:child_process';
import { withoutStartUpLines } from '@spherelab/host';
import type { OfRun, TrainerOrder, TrainerReport } from './trainer-messages.ts';
import { type OpenRun, openTrainerRun, type TrainerRun, type TrainerRunOptions } from './trainer-run.ts';

/** A process that trains one run after the other. */
export type TrainerChild = {
  readonly pid: number | undefined;
  /** Whether it lives and waits for a run, as far as is known. */
  readonly isWaiting: boolean;
  /** settles when the process is gone */
  readonly gone: Promise<void>;
  /** Starts a run as soon as the process takes orders; the one before it has ended. */
  run(options: TrainerRunOptions): TrainerRun;
  kill(): void;
};

/** Characters of the process's own output that are kept to explain a crash. */
const tailLength = 2_000;

/** Forks a trainer process. */
export function forkTrainer(script: string, env: Readonly<Record<string, string>>): TrainerChild {
  const child = fork(script, [], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let isReady = false;
  let isGone = false;
  let runs = 0;
  let current: OpenRun | null = null;
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      tail = (tail + data.toString()).slice(-tailLength);
    });
  }
  const begin = (): void => {
    if (current === null || !isReady) return;
    isReady = false;
    current.begin();
  };
  /** Hands the run out to be ended: the process has none from then on. */
  const release = (): OpenRun | null => {
    const over = current;
    current = null;
    return over;
  };
  child.on('message', (report: TrainerReport) => {
    if (report.type === 'ready') {
      isReady = true;
      if (current?.isTold) release()?.end();
      else begin();
    } else if (report.run === runs) current?.hear(report);
  });
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      isGone = true;
      release()?.endUnstarted(`the trainer did not start: ${error.message}`);
      resolve();
    });
    child.once('close', (code, signal) => {
      isGone = true;
      const how = signal ? `was killed by ${signal}` : `exited with code ${code}`;
      const last = withoutStartUpLines(tail);
      const said = last === '' ? '' : `; it last said: ${last}`;
      release()?.endBroken(`the trainer process ${how}${said}`, signal);
      resolve();
    });
  });
  const kill = (): void => void child.kill('SIGKILL');
  return {
    pid: child.pid,
    get isWaiting() {
      return isReady && current === null && child.connected && child.exitCode === null && child.signalCode === null;
    },
    gone,
    run: (options) => {
      runs += 1;
      const run = runs;
      tail = '';
      const send = (order: TrainerOrder): void => {
        const message: OfRun<TrainerOrder> = { ...order, run };
        // The channel is closed once the process is gone; `ended` tells that.
        if (child.connected) child.send(message, () => undefined);
      };
      const opened = openTrainerRun({ pid: child.pid, send, kill }, options);
      if (isGone) opened.endUnstarted('the trainer was gone before the run began');
      else {
        current = opened;
        // In a later turn: whoever starts it has its handle before anything is heard of it.
        setImmediate(begin);
      }
      return opened.handle;
    },
    kill,
  };
}
