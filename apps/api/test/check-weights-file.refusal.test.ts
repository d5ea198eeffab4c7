import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, resolveExperiment } from '@spherelab/config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppDependencies } from '../src/app-dependencies.ts';
import { checkWeightsFile } from '../src/requests/check-weights-file.ts';
import { resolveExperimentRequest, resolveSweepRequest } from '../src/requests/resolve-request.ts';

describe('the file of weights', () => {
  let dataRoot: string;
  const catalogue: AppDependencies['catalogue'] = {
    describe: async () => ({
      name: 'cub',
      trainingClasses: 100,
      trainingImages: 5_864,
      smallestTrainingClass: 41,
      testClasses: 100,
      dataListSha256: 'c'.repeat(64),
      dataSha256: 'c'.repeat(64),
    }),
    list: async () => [],
    weightsSha256: async () => 'e'.repeat(64),
  };
  const paper = { dataset: 'cub', loss: 'ms' };

  beforeAll(async () => {
    dataRoot = await mkdtemp(path.join(tmpdir(), 'spherelab-weights-'));
  });
  afterAll(() => rm(dataRoot, { recursive: true, force: true }));

  test('that is missing is refused at POST with where to put it, for one experiment and for a sweep', async () => {
    const refusals = [
      resolveExperimentRequest({ catalogue, dataRoot }, paper),
      resolveSweepRequest({ catalogue, dataRoot }, { base: { dataset: 'cub' }, grid: { loss: ['ms'] } }),
    ];
    for (const refusal of refusals) {
      const error = await refusal.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as ConfigError).issues).toMatchObject([
        { field: 'weights', value: 'bn_inception-52deb4733.pth', allowed: expect.stringContaining('"random"') },
      ]);
      expect((error as ConfigError).message).toContain('weights/bn_inception-52deb4733.pth under the data root');
    }
  });

  test('is not asked for by a start that says random', async () => {
    const { config } = await resolveExperimentRequest({ catalogue, dataRoot }, { ...paper, weights: 'random' });
    expect(config.weights).toBe('random');
  });

  test('is left to the worker where there is no data root', async () => {
    await checkWeightsFile(path.join(dataRoot, 'absent'), resolveExperiment(paper, null));
  });

  test('is taken where it lies; a folder of its name is not', async () => {
    await mkdir(path.join(dataRoot, 'weights', 'folder.pth'), { recursive: true });
    await writeFile(path.join(dataRoot, 'weights', 'bn_inception-52deb4733.pth'), 'weights');
    expect((await resolveExperimentRequest({ catalogue, dataRoot }, paper)).config.loss).toBe('ms');
    const folder = { ...paper, weights: 'folder.pth' };
    await expect(resolveExperimentRequest({ catalogue, dataRoot }, folder)).rejects.toThrow('no such file');
  });
});
