import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../bin/spherelab.js', import.meta.url));

export type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs the built command line as a user types it. @param env variables beside those of this process */
export async function runSpherelab(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Answer> {
  try {
    const options = { env: { ...process.env, ...env } };
    return { code: 0, ...(await promisify(execFile)(process.execPath, [script, ...args], options)) };
  } catch (error) {
    return error as Answer;
  }
}
