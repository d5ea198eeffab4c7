import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { waitUntil } from '../../../test/wait-until.ts';
import { boundLogs } from '../src/bounded-logs.ts';

it('a log that has reached its bound makes room under a program that goes on writing, and keeps one older part', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'logs-'));
  const file = path.join(folder, 'api.log');
  const log = openSync(file, 'a');
  const code = `let n = 0; setInterval(() => console.log('line', n++), 1)`;
  const program = spawn(process.execPath, ['-e', code], { stdio: ['ignore', log, 'ignore'] });
  closeSync(log);
  try {
    await waitUntil('some lines', () => statSync(file).size > 500);
    boundLogs(() => [file, path.join(folder, 'not-there.log')], 500)();
    expect(readFileSync(`${file}.1`, 'utf8')).toMatch(/^line 0\n/);
    await waitUntil('more lines', () => statSync(file).size > 0);
    expect(readFileSync(file, 'utf8')).toMatch(/^line \d+\n/);
  } finally {
    program.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});
