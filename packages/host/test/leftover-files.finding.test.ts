import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { leftoverFiles, removeLeftoverFiles } from '../src/leftover-files.ts';
import { processStartMs } from '../src/process-identity.ts';

let cache: string;
let temporary: string;

beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'leftover-cache-'));
  temporary = mkdtempSync(path.join(tmpdir(), 'leftover-temporary-'));
});

afterEach(() => {
  for (const folder of [cache, temporary]) rmSync(folder, { recursive: true, force: true });
});

function graph(name: string, daysIdle: number): void {
  const folder = path.join(cache, 'graphs', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'graph.pb'), 'x'.repeat(100));
  const then = new Date(Date.now() - daysIdle * 86_400_000);
  utimesSync(path.join(folder, 'graph.pb'), then, then);
  utimesSync(folder, then, then);
}

it('are steps not read for 30 days, recordings that were killed, and work folders of dead workers; nothing else', () => {
  graph('old', 31);
  graph('used', 29);
  graph('.recording-killed', 0.1);
  graph('.recording-now', 0);
  const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  for (const name of [`spherelab-work-${dead}-a`, `spherelab-work-${process.pid}-b`, 'spherelab-work-x', 'other']) {
    mkdirSync(path.join(temporary, name));
    writeFileSync(path.join(temporary, name, 'checkpoint'), 'x'.repeat(50));
  }
  const found = leftoverFiles(cache, temporary);
  expect(found.map((one) => [path.basename(one.path), one.bytes])).toEqual([
    [`spherelab-work-${dead}-a`, 50],
    ['.recording-killed', 100],
    ['old', 100],
  ]);
  expect(removeLeftoverFiles(found)).toEqual(found);
  expect(readdirSync(path.join(cache, 'graphs')).sort()).toEqual(['.recording-now', 'used']);
  expect(leftoverFiles(cache, temporary)).toEqual([]);
});

it('are evaluations of untrained networks that no run has used for 30 days', () => {
  mkdirSync(path.join(cache, 'evaluations'));
  for (const [name, daysIdle] of [
    ['old', 31],
    ['used', 29],
  ] as const) {
    const file = path.join(cache, 'evaluations', name);
    writeFileSync(file, 'x'.repeat(100));
    const then = new Date(Date.now() - daysIdle * 86_400_000);
    utimesSync(file, then, then);
  }
  const found = leftoverFiles(cache, temporary);
  expect(found.map((one) => [path.basename(one.path), one.bytes])).toEqual([['old', 100]]);
  removeLeftoverFiles(found);
  expect(readdirSync(path.join(cache, 'evaluations'))).toEqual(['used']);
});

it('a process is told from one that had its number before by when it began', () => {
  expect(Math.abs((processStartMs(process.pid) as number) - performance.timeOrigin)).toBeLessThan(5_000);
  expect(processStartMs(1)).toBeLessThan(performance.timeOrigin);
  const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  expect(processStartMs(dead)).toBeNull();
});

it('are none where there is no such folder', () => {
  expect(leftoverFiles(path.join(cache, 'none'), path.join(temporary, 'none'))).toEqual([]);
});
