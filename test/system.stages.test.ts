import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { timingMetrics } from '@spherelab/config';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writePictureFolder } from './picture-folder.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';
import { testStores } from './queue-stores.ts';
import { type ReleaseSystem, startReleaseSystem, thisRelease } from './release-system.ts';
import { waitUntil } from './wait-until.ts';

type View = {
  readonly id: string;
  readonly status: string;
  readonly status_reason: string | null;
  readonly attempt: number;
  readonly steps_done: number;
  readonly total_updates: number;
  readonly waits_for: { readonly experiment_id: string; readonly step: number } | null;
  readonly prefix: { readonly experiment_id: string; readonly step: number } | null;
  readonly result: Readonly<Record<string, unknown>> | null;
};
type Plan = { readonly cells: number; readonly updates_asked: number; readonly updates_to_run: number };

const patience = 170_000;
const base = {
  dataset: 'toy',
  loss: 'triplet',
  sec_wei: 0.5,
  image_size: 24,
  embedding_dim: 16,
  instances: 3,
  batch_size: 12,
  milestones: [300],
  eval_every: 150,
  checkpoint_every: 50,
};
const grid = { lr_gamma: [0.1, 0.5], steps: [402, 602] };
/** 64 training images are five batches: steps + 1 updates each. */
const plan = { cells: 4, updates_asked: 2 * 403 + 2 * 603, updates_to_run: 403 + 103 + 200 + 200 };

/** What each cell measures and ends with by itself, on whatever store that was first. */
const alone = new Map<number, { readonly result: View['result']; readonly points: readonly string[] }>();

describe.each(testStores.filter((store) => store.available))('a tree of stages with the queue on $name', (kind) => {
  let server: PostgresServer;
  let store: Awaited<ReturnType<typeof kind.start>>;
  let folder: string;
  let databaseUrl: string;
  let system: ReleaseSystem;
  const others: ReleaseSystem[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'stages-'));
    await writePictureFolder(path.join(folder, 'data/toy'), 16, 8, 24);
    server = await startPostgresServer();
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    store = await kind.start();
    databaseUrl = await server.createDatabase();
    system = await begin();
  });
  afterEach(async () => {
    for (const each of [system, ...others.splice(0)]) await each.stop();
    await store.stop();
  });

  const begin = () =>
    startReleaseSystem({
      release: thisRelease,
      databaseUrl,
      queue: store.store,
      dataRoot: path.join(folder, 'data'),
      cacheHome: path.join(folder, 'cache'),
    });
  async function ask<T>(route: string, body?: object): Promise<{ status: number; body: T }> {
    const headers = { 'content-type': 'application/json' };
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers };
    const answer = await fetch(`${system.url}${route}`, request);
    return { status: answer.status, body: (await answer.json()) as T };
  }
  const cellsOf = async (sweep: string) =>
    (await ask<{ items: View[] }>(`/sweeps/${sweep}/experiments`)).body.items as readonly View[];
  async function pointsOf(id: string): Promise<string[]> {
    const { body } = await ask<{ series: { name: string; points: [number, number][] }[] }>(
      `/experiments/${id}/metrics?max_points=10000`,
    );
    return body.series
      .filter(({ name }) => !timingMetrics.has(name))
      .flatMap(({ name, points }) => points.map(([step, value]) => `${name}@${step} ${value}`))
      .sort();
  }
  async function ended(sweep: string): Promise<readonly View[]> {
    await waitUntil(
      'all cells have succeeded',
      async () => {
        const cells = await cellsOf(sweep);
        const failed = cells.find(({ status }) => status === 'failed');
        if (failed !== undefined) throw new Error(`it failed: ${failed.status_reason}`);
        return cells.every(({ status }) => status === 'succeeded');
      },
      patience,
    );
    return cellsOf(sweep);
  }
  async function expectLoneResults(cells: readonly View[]): Promise<void> {
    if (alone.size === 0) {
      const { body } = await ask<{ id: string }>('/sweeps', { base, grid, force: true });
      for (const [index, { id, result, prefix }] of (await ended(body.id)).entries()) {
        expect(prefix).toBeNull();
        alone.set(index, { result, points: await pointsOf(id) });
      }
    }
    for (const [index, { id, result }] of cells.entries()) {
      expect(result).toEqual(alone.get(index)?.result);
      expect(await pointsOf(id)).toEqual(alone.get(index)?.points);
    }
  }

  test('is told before it begins, and ends as each cell by itself, whoever is killed in its middle', async () => {
    const told = await ask<{ plan: Plan }>('/sweeps', { base, grid, dry_run: true });
    expect(told).toMatchObject({ status: 200, body: { plan } });
    expect((await ask<{ items: unknown[] }>('/experiments')).body.items).toEqual([]);

    const posted = await ask<{ id: string; plan: Plan }>('/sweeps', { base, grid });
    expect(posted).toMatchObject({ status: 201, body: { plan } });
    const sweep = posted.body.id;
    const waiting = (await cellsOf(sweep)).filter(({ waits_for: waitsFor }) => waitsFor !== null);
    expect(waiting).toHaveLength(3);
    for (const { status_reason: reason } of waiting) expect(reason).toContain('waits for experiment');

    // In the trunk, and in the middle of what branches off.
    for (const isThere of [
      ({ steps_done: done, prefix }: View) => prefix === null && done > 100 && done < 290,
      ({ status, prefix, steps_done: done }: View) => status === 'running' && prefix !== null && done > prefix.step,
    ]) {
      await waitUntil('it is in its middle', async () => (await cellsOf(sweep)).some(isThere), patience);
      const { worker } = others.at(-1) ?? system;
      const gone = once(worker, 'exit');
      worker.kill('SIGKILL');
      await gone;
      others.push(await begin());
    }
    const cells = await ended(sweep);
    expect(cells.map(({ total_updates: total, prefix }) => [total, prefix?.step ?? 0])).toEqual([
      [403, 0],
      [603, 403],
      [403, 300],
      [603, 403],
    ]);
    await expectLoneResults(cells);

    // What was taken over is checked with what came after it.
    const id = cells[3]?.id as string;
    const { body: verification } = await ask<{ id: string }>(`/experiments/${id}/verify`, { stretch: 'all' });
    type Listed = { items: { id: string; report: { same_bits: boolean | null; findings: unknown[] } | null }[] };
    const reportOf = async () =>
      (await ask<Listed>(`/experiments/${id}/verifications`)).body.items.find((item) => item.id === verification.id)
        ?.report;
    await waitUntil('it is verified', async () => (await reportOf()) != null, patience);
    expect(await reportOf()).toMatchObject({ same_bits: true, findings: [] });
  }, 900_000);
});
