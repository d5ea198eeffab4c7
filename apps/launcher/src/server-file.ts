import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What `server.json` in the state folder tells the CLI. */
export type ServerFile = { readonly url: string; readonly pid: number };

const fileName = 'server.json';

/** @returns the running server of a state folder, or null when there is none or its process is gone */
export async function readServerFile(stateFolder: string): Promise<ServerFile | null> {
  const text = await readFile(path.join(stateFolder, fileName), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const server = JSON.parse(text) as ServerFile;
    process.kill(server.pid, 0);
    return server;
  } catch {
    return null;
  }
}

/** Writes `server.json` atomically. */
export async function writeServerFile(stateFolder: string, server: ServerFile): Promise<void> {
  const file = path.join(stateFolder, fileName);
  await writeFile(`${file}.${process.pid}`, `${JSON.stringify(server)}\n`);
  await rename(`${file}.${process.pid}`, file);
}

export async function removeServerFile(stateFolder: string): Promise<void> {
  await rm(path.join(stateFolder, fileName), { force: true });
}
