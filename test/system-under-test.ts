import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The whole system as `npm start` brings it up, for a test. */
export type SystemUnderTest = {
  readonly url: string;
  readonly stop: () => Promise<void>;
  /** -9 to the launcher, whose API and workers go with it */
  readonly kill: () => Promise<void>;
};

/** @param port 0 for any; the port of before, to come back after a restart */
export async function startSystemUnderTest(
  state: string,
  dataRoot: string,
  port: number,
  variables: NodeJS.ProcessEnv = {},
): Promise<SystemUnderTest> {
  const { DATABASE_URL: _, REDIS_URL: __, ...env } = process.env;
  const flags = ['--state', state, '--workers', '1', '--port', String(port), '--data-dir', dataRoot];
  const launcher: ChildProcess = spawn(process.execPath, [path.join(root, 'apps/launcher/dist/main.js'), ...flags], {
    env: { ...env, ...variables },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  launcher.stderr?.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-4_000);
  });
  const ended = new Promise<void>((resolve) => launcher.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    launcher.once('message', (message: { readonly url: string }) => resolve(message.url));
    launcher.once('exit', (code) => reject(new Error(`the launcher ended with code ${code}: ${said}`)));
  });
  const stop = async () => {
    launcher.kill('SIGTERM');
    await ended;
  };
  const kill = async () => {
    launcher.kill('SIGKILL');
    await ended;
  };
  return { url, stop, kill };
}
