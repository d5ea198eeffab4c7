import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A process of the started tree. */
export type TreeProcess = { readonly pid: number; readonly command: string };

/** A launcher with a state folder of its own, and all processes that came of it. */
export type LauncherUnderTest = {
  readonly state: string;
  /** Starts it. `said` is what it wrote; `ready` settles with its address, `ended` with its exit code or signal. */
  start(env?: NodeJS.ProcessEnv, flags?: readonly string[]): StartedLauncher;
  /** Processes that run, the embedded Postgres included: by a variable that they inherit, or by the state folder. */
  processes(): TreeProcess[];
  remove(): void;
};

export type StartedLauncher = {
  readonly child: ChildProcess;
  readonly ready: Promise<string>;
  readonly ended: Promise<number | string>;
  said(): string;
};

export function launcherUnderTest(): LauncherUnderTest {
  const state = mkdtempSync(path.join(tmpdir(), 'spherelab-launcher-'));
  // As root the database runs as another user; where that one may not enter, its data would go elsewhere and stay there.
  chmodSync(state, 0o755);
  const mark = randomUUID();
  return {
    state,
    start: (env = {}, flags = ['--workers', '1', '--port', '0']) => {
      const { DATABASE_URL: _, REDIS_URL: __, ...inherited } = process.env;
      const child = spawn(process.execPath, [script, '--state', state, ...flags], {
        env: { ...inherited, ...env, LAUNCHER_TEST_MARK: mark },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      let text = '';
      child.stderr?.setEncoding('utf8').on('data', (said: string) => {
        text += said;
      });
      const ended = new Promise<number | string>((resolve) =>
        child.once('exit', (code, signal) => resolve(signal ?? code ?? 0)),
      );
      const ready = new Promise<string>((resolve, reject) => {
        child.once('message', (message: { readonly url: string }) => resolve(message.url));
        void ended.then((how) => reject(new Error(`the launcher ended with ${how}: ${text}`)));
      });
      ready.catch(() => undefined);
      return { child, ready, ended, said: () => text };
    },
    processes: () => treeOf(mark, state),
    remove: () => {
      for (const { pid } of treeOf(mark, state)) process.kill(pid, 'SIGKILL');
      rmSync(state, { recursive: true, force: true });
    },
  };
}

function treeOf(mark: string, state: string): TreeProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      if (command === '') return []; // a zombie has none
      const isMarked = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
      const isOfState = command.includes(state) || readlinkSync(`/proc/${pid}/cwd`).startsWith(state);
      return isMarked || isOfState ? [{ pid, command }] : [];
    } catch {
      return []; // it ended between two looks
    }
  });
}
