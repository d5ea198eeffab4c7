import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitUntil } from './wait-until.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
let clone: string;

beforeAll(() => {
  clone = mkdtempSync(path.join(tmpdir(), 'spherelab-clone-'));
  cpSync(path.join(root, 'scripts'), path.join(clone, 'scripts'), { recursive: true });
  cpSync(path.join(root, 'package-lock.json'), path.join(clone, 'package-lock.json'));
  mkdirSync(path.join(clone, 'bin'));
  // Stands in for npm: like it, it has children, and one of them does not care for a signal.
  writeFileSync(
    path.join(clone, 'bin', 'npm'),
    '#!/bin/sh\ntouch "$MARK"\nsh -c "trap \'\' TERM INT; sleep 61"\nsleep 62\n',
  );
  chmodSync(path.join(clone, 'bin', 'npm'), 0o755);
});

afterAll(() => rmSync(clone, { recursive: true, force: true }));

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'setup that is told to end by %s leaves none of its programs behind',
  async (signal) => {
    const mark = path.join(clone, signal);
    const setup = spawn(process.execPath, [path.join(clone, 'scripts/setup.mjs')], {
      env: { ...process.env, PATH: `${path.join(clone, 'bin')}:${process.env.PATH}`, MARK: mark },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => setup.once('exit', resolve));
    await waitUntil('npm', () => existsSync(mark));
    setup.kill(signal);
    expect(await ended).toBe(130);
    expect(marked(mark)).toEqual([]);
  },
  30_000,
);

/** Processes that have the variable MARK of a setup. */
function marked(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`MARK=${mark}\0`);
    } catch {
      return false;
    }
  });
}
