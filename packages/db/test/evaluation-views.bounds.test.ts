import {
  type Database,
  evaluationSteps,
  type Fence,
  listEvaluationViews,
  type NewEvaluationView,
  readEvaluationDetail,
  readEvaluationEmbeddings,
  readThumbnail,
  StaleAttemptError,
  writeEvaluationView,
} from '@spherelab/db';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { storeRunning } from '../../../test/experiment-fixture.ts';
import { startDatabase } from '../../../test/postgres-server.ts';

const view = (step: number, more: Partial<NewEvaluationView> = {}): NewEvaluationView => ({
  step,
  norms: { low: 0, high: 2, counts: [1, 2], mean: 1, sd: 0.5 },
  detail: { pictures: [{ sha256: 'a'.repeat(64), path: `c/${step}.png`, label: 0 }] },
  embeddings: Float32Array.of(step, 1, 2, 3, 4, 5),
  dim: 3,
  thumbnails: [{ sha256: 'a'.repeat(64), webp: Uint8Array.of(1, 2, 3) }],
  ...more,
});

describe('evaluation views', () => {
  let database: Database;
  let release: () => Promise<void>;
  let fence: Fence;

  beforeAll(async () => {
    [database, release] = await startDatabase();
  });
  afterAll(() => release());
  beforeEach(async () => {
    fence = await storeRunning(database);
  });

  test('are read as they were written; written again they change nothing', async () => {
    await writeEvaluationView(database.pool, fence, view(5));
    await writeEvaluationView(database.pool, fence, view(5, { thumbnails: [] }));
    expect(await listEvaluationViews(database.pool, fence.experimentId)).toEqual([
      { step: 5, norms: view(5).norms, has_detail: true, has_embeddings: true },
    ]);
    expect(await readEvaluationDetail(database.pool, fence.experimentId, 5)).toEqual(view(5).detail);
    const stored = await readEvaluationEmbeddings(database.pool, fence.experimentId, 5);
    expect([stored?.rows, stored?.dim]).toEqual([2, 3]);
    expect([...new Float32Array(Uint8Array.from(stored?.bytes ?? []).buffer)]).toEqual([5, 1, 2, 3, 4, 5]);
    expect([...((await readThumbnail(database.pool, 'a'.repeat(64))) ?? [])]).toEqual([1, 2, 3]);
    expect(await readThumbnail(database.pool, 'b'.repeat(64))).toBeNull();
  });

  test('keep the norms of all evaluations, pictures and embeddings of the first and of the newest 20 and 4', async () => {
    for (let step = 0; step < 30; step += 1) await writeEvaluationView(database.pool, fence, view(step));
    const rows = await listEvaluationViews(database.pool, fence.experimentId);
    expect(rows.map(({ step }) => step)).toEqual(await evaluationSteps(database.pool, fence.experimentId));
    expect(rows).toHaveLength(30);
    expect(rows.filter(({ has_detail }) => has_detail).map(({ step }) => step)).toEqual([
      0,
      ...Array.from({ length: 20 }, (_, at) => 10 + at),
    ]);
    expect(rows.filter(({ has_embeddings }) => has_embeddings).map(({ step }) => step)).toEqual([0, 26, 27, 28, 29]);
  });

  test('of an attempt that is not the running one are refused, pictures too', async () => {
    const stale = { ...fence, attempt: 0 };
    const picture = { sha256: 'c'.repeat(64), webp: Uint8Array.of(9) };
    await expect(writeEvaluationView(database.pool, stale, view(1, { thumbnails: [picture] }))).rejects.toThrow(
      StaleAttemptError,
    );
    expect(await evaluationSteps(database.pool, fence.experimentId)).toEqual([]);
    expect(await readThumbnail(database.pool, picture.sha256)).toBeNull();
  });
});
