import { execFile } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../scripts/setup.mjs', import.meta.url));

it('setup says in one line each what is missing and how to get it, and changes nothing', async () => {
  const bare = mkdtempSync(path.join(tmpdir(), 'bare-'));
  symlinkSync(process.execPath, path.join(bare, 'node'));
  const attempt = promisify(execFile)(process.execPath, [script], { env: { PATH: bare } });
  const { stderr, code } = await attempt.then(
    () => ({ stderr: '', code: 0 }),
    (error: { stderr: string; code: number }) => error,
  );
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([
    'setup: cannot set up:',
    expect.stringContaining('Python 3.8 or newer is needed'),
    expect.stringContaining('a C++17 compiler is needed'),
  ]);
});
