import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Catalogue, openCatalogue } from '@spherelab/datasets/catalogue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { type AppUnderTest, appUnderTest } from './app-under-test.ts';

describe('an experiment is the same where data and weights have the same content', () => {
  let server: PostgresServer;
  let folder: string;
  let catalogue: Catalogue;
  let api: AppUnderTest;

  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'spherelab-identity-'));
    replaceImages();
    catalogue = openCatalogue({ cacheFolder: null });
    api = await appUnderTest(server, { catalogue, dataRoot: folder });
    return async () => {
      await api.close();
      await catalogue.close();
      await rm(folder, { recursive: true, force: true });
    };
  });

  /** Noise of one size under the same names. */
  function replaceImages(): void {
    for (let label = 0; label < 6; label += 1) {
      mkdirSync(path.join(folder, 'Toy/images', `c${label}`), { recursive: true });
      for (let image = 0; image < 4; image += 1) {
        writeFileSync(path.join(folder, 'Toy/images', `c${label}`, `${image}.png`), randomBytes(200));
      }
    }
  }

  const post = async (url: string, payload: object) => {
    const response = await api.app.inject({ method: 'POST', url, payload });
    return { status: response.statusCode, body: response.json() as Record<string, unknown> };
  };
  const toy = { dataset: 'Toy', loss: 'triplet' };

  test('every spelling of a folder is one experiment, stored under its own name', async () => {
    const answers = [];
    for (const dataset of ['toy', 'TOY', 'Toy', 'tOy']) {
      answers.push(await post('/experiments', { dataset, loss: 'triplet' }));
    }
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers[0]?.body.config).toMatchObject({ dataset: 'Toy' });
    const sweep = await post('/sweeps', { base: { loss: 'triplet' }, grid: { dataset: ['toy', 'TOY'] } });
    expect(sweep.status).toBe(201);
    const listed = await api.app.inject({ url: '/experiments' });
    expect((listed.json() as { items: unknown[] }).items).toHaveLength(1);
  });

  test('images replaced under their names make a new one at the very next POST', async () => {
    const first = await post('/experiments', toy);
    expect((await post('/experiments', toy)).status).toBe(200);
    replaceImages();
    const second = await post('/experiments', toy);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.identity).not.toBe(first.body.identity);
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(first.body.provenance).toEqual({ numerics: 'a'.repeat(64), data_sha256: hash, weights_sha256: 'random' });
    expect(second.body.provenance).not.toEqual(first.body.provenance);
    expect((await post('/experiments', toy)).status).toBe(200);
  });

  test('a file of weights replaced under its name makes a new one', async () => {
    mkdirSync(path.join(folder, 'weights'));
    const file = path.join(folder, 'weights/w.pth');
    const own = { ...toy, backbone: 'bn_inception', weights: 'w.pth' };
    writeFileSync(file, randomBytes(5_000));
    const first = await post('/experiments', own);
    expect((await post('/experiments', own)).status).toBe(200);
    writeFileSync(file, randomBytes(5_000));
    const second = await post('/experiments', own);
    expect([first.status, second.status]).toEqual([201, 201]);
    const [before, after] = [first, second].map(({ body }) => body.provenance as { weights_sha256: string });
    expect(before?.weights_sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(after?.weights_sha256).not.toBe(before?.weights_sha256);
    const sweep = await post('/sweeps', { base: own, grid: { seed: [0, 1] } });
    expect(sweep.status).toBe(201);
  });

  test('resolve tells what would be stored, and protocols and folds have data of their own', async () => {
    const { body } = await post('/experiments/resolve', toy);
    const stored = await post('/experiments', toy);
    expect(body.identity).toBe(stored.body.identity);
    expect(body.provenance).toEqual(stored.body.provenance);
    mkdirSync(path.join(folder, 'Toy/images/c7'));
    mkdirSync(path.join(folder, 'Toy/images/c8'));
    for (const name of ['c7/0.png', 'c8/0.png']) writeFileSync(path.join(folder, 'Toy/images', name), name);
    const validation = await post('/experiments/resolve', { ...toy, protocol: 'validation' });
    const paper = await post('/experiments/resolve', toy);
    expect(validation.body.provenance).not.toEqual(paper.body.provenance);
    const folds = { ...toy, protocol: 'validation', folds: 2 };
    const parts = await Promise.all([0, 1].map((fold) => post('/experiments/resolve', { ...folds, fold })));
    const contents = [validation, ...parts].map(({ body: { provenance } }) => JSON.stringify(provenance));
    expect(new Set(contents).size).toBe(3);
    const sweep = await post('/sweeps', { base: folds, grid: { fold: [0, 1], seed: [0, 1] } });
    expect(sweep).toMatchObject({ status: 201, body: { total: 4 } });
    const tooMany = await post('/experiments', { ...folds, folds: 3, fold: 0 });
    expect(tooMany.status).toBe(400);
    expect(tooMany.body.errors).toMatchObject([
      { field: 'folds', value: 3, reason: 'data set Toy has 4 training classes; 3 folds need at least 6, 2 in each' },
    ]);
  });

  test('GET /datasets lists the folder without waiting for hashes', async () => {
    const { items } = (await api.app.inject({ url: '/datasets' })).json() as { items: { name: string }[] };
    expect(items.map(({ name }) => name)).toEqual(['shapes', 'Toy']);
    expect((await catalogue.counts()).hashedFiles).toBe(0);
  });

  test('what is wrong with a folder is said at POST', async () => {
    const missing = await post('/experiments', { ...toy, dataset: 'birds' });
    expect(missing.status).toBe(400);
    expect(JSON.stringify(missing.body)).toContain('known: shapes, Toy');
    await rm(path.join(folder, 'Toy/images/c5'), { recursive: true });
    mkdirSync(path.join(folder, 'Toy/images/c5'));
    expect((await post('/experiments', toy)).status).toBe(400);
  });
});
