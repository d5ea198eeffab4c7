import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What `server.json` in the state folder tells the CLI. */
export type ServerFile = { readonly url: string; readonly pid: number };

const fileName = 'server.json';

/** What a server that runs, or was killed, said of itself. */
export async function readServerFile(stateFolder: string): Promise<ServerFile | null> {
  const text = await readFile(path.join(stateFolder, fileName), 'utf8').catch(() => 'null');
  try {
    return JSON.parse(text) as ServerFile | null;
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
