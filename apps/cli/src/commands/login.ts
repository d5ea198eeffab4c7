import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { keysFile, readKeys, serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { atomicWrite } from '../files/atomic-write.ts';
import { terminalLine } from '../output/terminal-text.ts';
import { ApiClient } from '../server/api-client.ts';

type Session = { readonly key_needed: boolean; readonly name: string | null; readonly scope: string | null };

/** `spherelab login`: keeps a key for this server, in a file that nobody else of this machine reads. */
export function addLoginCommand(program: Command): void {
  program
    .command('login')
    .description('keep a key of the API (spherelab keys create); it is read from the terminal, or from a pipe')
    .action(login);
}

async function login(): Promise<void> {
  const url = serverAddress();
  const key = (await readSecret(`key for ${url}: `)).trim();
  const { key_needed, name, scope } = await new ApiClient(url, key).get<Session>('/session');
  if (name === null) {
    throw new CliError(
      key_needed ? 'this key opens nothing there' : 'no key is needed there, and this one is none of its',
    );
  }
  const file = keysFile();
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await atomicWrite(file, `${JSON.stringify({ ...readKeys(file), [url]: key })}\n`, 0o600);
  await chmod(file, 0o600);
  process.stdout.write(`logged in as ${terminalLine(name)} (${scope})\n`);
}

/** A line from the terminal that is not shown, or of a pipe. */
async function readSecret(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output: silent, terminal: isTerminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
}
