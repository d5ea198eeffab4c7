import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { processIdentity } from '@spherelab/host';

/** Who works on a state folder, by pid and start time: so that a later start finds what a killed launcher left. */
export type ProcessFile = {
  readonly launcher: string;
  /** by name, as `api` */
  readonly services: Readonly<Record<string, string>>;
};

const fileName = 'processes.json';

/** What the file says; of a missing or damaged one, nothing. */
export function readProcessFile(stateFolder: string): ProcessFile | null {
  try {
    const file = JSON.parse(readFileSync(path.join(stateFolder, fileName), 'utf8')) as ProcessFile;
    return typeof file.launcher === 'string' && typeof file.services === 'object' ? file : null;
  } catch {
    return null;
  }
}

/** Writes down which services this launcher has. Atomic and at once: whoever kills us leaves a whole file. */
export function writeProcessFile(stateFolder: string, services: ProcessFile['services']): void {
  const launcher = processIdentity(process.pid) ?? `${process.pid}/`;
  const file = path.join(stateFolder, fileName);
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify({ launcher, services } satisfies ProcessFile)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}

export function removeProcessFile(stateFolder: string): void {
  rmSync(path.join(stateFolder, fileName), { force: true });
}
