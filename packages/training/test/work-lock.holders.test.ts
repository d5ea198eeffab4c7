import { execFileSync } from 'node:child_process';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { takeWorkLock } from '../src/work-lock.ts';
import { withFolder } from './observed-run.ts';

describe('a lock on work that others want too', () => {
  test('is one process’s until it is released', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'lock');
      const lock = takeWorkLock(file);
      expect(lock).not.toBeNull();
      expect(takeWorkLock(file)).toBeNull();
      lock?.release();
      expect(takeWorkLock(file)).not.toBeNull();
    });
  });

  test('of a process that is gone is taken away at once, of one that is silent for a minute too, of another host only then', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'lock');
      const dead = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
      writeFileSync(file, `${dead} ${hostname()}`);
      expect(takeWorkLock(file)).toBeNull();
      expect(existsSync(file)).toBe(false);
      writeFileSync(file, `${dead} another-host`);
      expect(takeWorkLock(file)).toBeNull();
      expect(existsSync(file)).toBe(true);
      const then = new Date(Date.now() - 61_000);
      utimesSync(file, then, then);
      expect(takeWorkLock(file)).toBeNull();
      expect(takeWorkLock(file)).not.toBeNull();
    });
  });

  test('stays with who shows itself', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'lock');
      const lock = takeWorkLock(file);
      const then = new Date(Date.now() - 61_000);
      utimesSync(file, then, then);
      lock?.show();
      expect(takeWorkLock(file)).toBeNull();
      expect(existsSync(file)).toBe(true);
    });
  });
});
