import {
  createExperiment,
  createExperiments,
  type Database,
  deleteExperiment,
  inTransaction,
  type NewExperiment,
  retryRolledBack,
} from '@spherelab/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newExperiment, storeExperiment } from '../../../test/experiment-fixture.ts';
import { startDatabase } from '../../../test/postgres-server.ts';
import { cancelSweep, createSweep, sweepExperiments } from '../src/index.ts';

describe('posts that meet', () => {
  let database: Database;
  let release: () => Promise<void>;

  beforeAll(async () => {
    [database, release] = await startDatabase();
  });
  afterAll(() => release());

  const cells = (count: number, over: object): NewExperiment[] =>
    Array.from({ length: count }, (_, seed) => newExperiment({ ...over, seed }, false));
  const post = (inputs: readonly NewExperiment[]) =>
    inTransaction(database, (client) => createExperiments(client, inputs));

  test('two posts of the same 400 cells in opposite order do not wait for each other', async () => {
    for (const lr of [0.01, 0.02, 0.03]) {
      const inputs = cells(400, { lr });
      const [forth, back] = await Promise.all([post(inputs), post([...inputs].reverse())]);
      expect(back.map(({ id }) => id).reverse()).toEqual(forth.map(({ id }) => id));
      expect([...forth, ...back].filter(({ created }) => created)).toHaveLength(400);
    }
  });

  test('a post whose config is deleted at the same time shows an experiment that is there', async () => {
    const input = newExperiment({ lr: 0.005 }, false);
    for (let round = 0; round < 20; round += 1) {
      const [first] = await post([input]);
      const id = first?.id as string;
      const postOne = () => inTransaction(database, (client) => createExperiment(client, input));
      const posts = Array.from({ length: 3 }, () => retryRolledBack(postOne));
      const [deleted, ...posted] = await Promise.all([deleteExperiment(database.pool, id), ...posts]);
      expect(deleted).toBe('deleted');
      for (const { experiment } of posted) expect(experiment.identity).toBe(input.identity);
    }
  });

  test('of two deletions at once one deletes and the other finds nothing, whatever the experiment did', async () => {
    const { id } = await storeExperiment(database);
    const outcomes = await Promise.all([deleteExperiment(database.pool, id), deleteExperiment(database.pool, id)]);
    expect(outcomes.sort()).toEqual(['deleted', 'missing']);
  });

  test('two sweeps that show the same 2,000 cells are cancelled at once in a moment, and nothing is left', async () => {
    const inputs = cells(2_000, { lr: 0.04 });
    const store = (order: readonly NewExperiment[]) =>
      inTransaction(database, (client) => createSweep(client, { name: null, request: {} }, order));
    const first = await store(inputs);
    const second = await store([...inputs].reverse());
    const begun = performance.now();
    const counts = await Promise.all([cancelSweep(database, first.id), cancelSweep(database, second.id)]);
    // A statement for each row took 5 s.
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(Math.max(...counts)).toBe(2_000);
    const statuses = new Set((await sweepExperiments(database.pool, first.id)).map(({ status }) => status));
    expect([...statuses]).toEqual(['cancelled']);
  });
});
