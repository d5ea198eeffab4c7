import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processIdentity } from '@spherelab/host';
import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../test/chaos/seeded-random.mjs';
import { waitUntil } from '../../../test/wait-until.ts';
import { endLeftServices } from '../src/left-services.ts';
import { type LauncherUnderTest, launcherUnderTest } from './launcher-under-test.ts';

const made: LauncherUnderTest[] = [];

function launcher(): LauncherUnderTest {
  const one = launcherUnderTest();
  made.push(one);
  return one;
}

afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});

function commands(one: LauncherUnderTest, part: string): number[] {
  return one
    .processes()
    .filter(({ command }) => command.includes(part))
    .map(({ pid }) => pid);
}

describe('the launcher', () => {
  it('leaves no process, wherever of a start Ctrl-C, SIGTERM or SIGHUP meets it', async () => {
    const random = seededRandom(12);
    const signals = ['SIGINT', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    /** ms of a first start, which makes the database, and of a later one; a bit more, so that some are met when ready. */
    const [first, later] = [5_000, 2_500];
    const lanes = [0, 1].map(async (lane) => {
      let one = launcher();
      for (let round = 0; round < 10; round += 1) {
        const isFirst = round % 3 === 0;
        if (isFirst) one = launcher();
        const signal = signals[(lane + round) % signals.length] ?? 'SIGINT';
        const afterMs = random.between(0, isFirst ? first : later);
        const { child, ended } = one.start();
        await delay(afterMs);
        child.kill(signal);
        await ended;
        expect(one.processes(), `${signal} after ${afterMs.toFixed(0)} ms of round ${round}`).toEqual([]);
      }
    });
    await Promise.all(lanes);
  }, 240_000);

  it('ends everything at once, and says so, when Ctrl-C comes again while it stops', async () => {
    const one = launcher();
    const { child, ready, ended, said } = one.start();
    await ready;
    await waitUntil('the worker', async () => commands(one, 'worker/dist/main.js').length > 0);
    // One that does not answer would be waited for.
    for (const pid of commands(one, 'worker/dist/main.js')) process.kill(pid, 'SIGSTOP');
    child.kill('SIGINT');
    child.kill('SIGINT'); // npm passes one on that the terminal sent too
    await delay(1_000);
    expect(one.processes()).not.toEqual([]);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(said()).toContain('ending at once');
    await waitUntil('the end of all', async () => one.processes().length === 0, 10_000);
  });

  it('has services that end themselves when it is killed, also in their own start, and starts again with one of each', async () => {
    const one = launcher();
    const random = seededRandom(3);
    for (let round = 0; round < 4; round += 1) {
      const { child, ended } = one.start();
      await delay(round === 0 ? 4_000 : random.between(0, 2_500));
      child.kill('SIGKILL');
      await ended;
      await waitUntil(
        'the services',
        async () => one.processes().every(({ command }) => command.includes('postgres')),
        5_000,
      );
    }
    const { child, ready, ended } = one.start();
    await ready;
    expect(commands(one, 'api/dist/server.js')).toHaveLength(1);
    expect(commands(one, 'worker/dist/main.js')).toHaveLength(1);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(one.processes()).toEqual([]);
  });

  it('stops with its database when the program that started it is killed, though nobody reads its words', async () => {
    const one = launcher();
    const main = path.join(import.meta.dirname, '../dist/main.js');
    const code = `require('child_process').spawn(process.execPath, ${JSON.stringify([main, '--state', one.state, '--port', '0'])},
      { detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })`;
    for (const afterMs of [1_500, 5_000]) {
      const parent = spawn(process.execPath, ['-e', `${code}; setInterval(() => {}, 1000)`], { stdio: 'ignore' });
      await delay(afterMs);
      parent.kill('SIGKILL');
      await waitUntil('the end of all', async () => one.processes().length === 0, 20_000);
    }
  });

  it('is not kept from starting by files whose pids now belong to other processes', async () => {
    const one = launcher();
    const living = process.pid;
    writeFileSync(path.join(one.state, 'server.json'), JSON.stringify({ url: 'http://127.0.0.1:1', pid: living }));
    const stale = { launcher: `${living}/1`, services: { api: `${living}/1` } };
    writeFileSync(path.join(one.state, 'processes.json'), JSON.stringify(stale));
    const { child, ready, ended } = one.start();
    await ready;
    const second = one.start();
    expect(await second.ended).toBe(1);
    expect(second.said()).toContain('already runs at');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('kills what a killed launcher left and what does not end by itself, and nothing that has only its pid', async () => {
    const left = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    const other = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    const gone = new Promise((resolve) => left.once('exit', (_code, signal) => resolve(signal)));
    const services = { 'worker-1': processIdentity(left.pid as number) as string, api: `${other.pid}/1` };
    await endLeftServices({ launcher: '1/1', services }, 200, () => undefined, new AbortController().signal);
    expect(await gone).toBe('SIGKILL');
    expect(processIdentity(other.pid as number)).not.toBeNull();
    other.kill();
  });
});
