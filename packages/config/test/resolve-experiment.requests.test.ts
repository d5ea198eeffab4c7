import { lossConstantFields, lossNames, lossRecord } from '@spherelab/catalogue';
import { describe, expect, it } from 'vitest';
import {
  ConfigError,
  type ConfigIssue,
  type DatasetFacts,
  datasetsOfSweep,
  experimentFields,
  experimentIdentity,
  type Provenance,
  parseSweepRequest,
  resolveExperiment,
  unknownProvenance,
} from '../src/index.ts';

const facts: DatasetFacts = {
  name: 'fruit',
  trainingClasses: 40,
  trainingImages: 1120,
  smallestTrainingClass: 28,
  testClasses: 41,
  dataListSha256: 'a',
  dataSha256: 'b',
};

function issuesOf(request: unknown, known: DatasetFacts | null = null): readonly ConfigIssue[] {
  try {
    resolveExperiment(request, known);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

describe('resolveExperiment', () => {
  it.each(lossNames)('completes a request of data set and %s alone, each value with its source', (loss) => {
    const { config, sources } = resolveExperiment({ dataset: 'shapes', loss }, null);
    const { constants, proxies } = lossRecord(loss);
    const own = [...Object.keys(constants), ...(proxies ? ['lr_proxies'] : [])];
    const expected = experimentFields.filter(
      (field) =>
        ![...lossConstantFields, 'momentum', 'lr_proxies', 'folds', 'fold'].includes(field) || own.includes(field),
    );
    expect(Object.keys(config).sort()).toEqual([...expected].sort());
    expect(Object.keys(sources).sort()).toEqual([...expected].sort());
    expect(sources).toMatchObject({ dataset: 'user', loss: 'user', sec_wei: 'config.py:26', lr: 'ours' });
    expect(config.batch_size % config.instances).toBe(0);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes folds with protocol validation alone, and names what is missing or too much', () => {
    const asked = { dataset: 'shapes', loss: 'triplet', protocol: 'validation', folds: 5, fold: 4 };
    expect(resolveExperiment(asked, null).config).toMatchObject({ protocol: 'validation', folds: 5, fold: 4 });
    const { fold: _, ...cutAlone } = asked;
    expect(issuesOf(cutAlone)).toEqual([
      { field: 'fold', value: null, reason: 'is required with folds', allowed: '0 to 4' },
    ]);
    expect(issuesOf({ ...asked, folds: undefined })).toEqual([
      { field: 'folds', value: null, reason: 'is required with fold', allowed: '2 to 20' },
    ]);
    expect(issuesOf({ ...asked, fold: 5 })).toEqual([
      { field: 'fold', value: 5, reason: 'is no part of 5 folds', allowed: '0 to 4' },
    ]);
    expect(issuesOf({ ...asked, protocol: undefined })).toEqual([
      {
        field: 'folds',
        value: 5,
        reason: 'protocol paper evaluates the test classes',
        allowed: 'with protocol validation',
      },
    ]);
    expect(issuesOf({ ...asked, folds: 1 })).toMatchObject([{ field: 'folds', value: 1 }]);
    expect(issuesOf({ ...asked, folds: 21 })).toMatchObject([{ field: 'folds', value: 21 }]);
  });

  it('gives another backbone what goes with it, and trains all its stages', () => {
    const own = resolveExperiment({ dataset: 'emoji', loss: 'triplet' }, null).config;
    expect(own).toMatchObject({ backbone: 'efficientnet_lite0', image_size: 96, freeze_stages: 6 });
    const { config, sources } = resolveExperiment({ dataset: 'emoji', loss: 'triplet', backbone: 'conv_small' }, null);
    expect(config).toMatchObject({ image_size: 64, weights: 'random', freeze_stages: 0, lr: 2e-3 });
    expect(sources).toMatchObject({ backbone: 'user', image_size: 'ours', weights: 'ours' });
    const paper = resolveExperiment({ dataset: 'cub', loss: 'triplet', backbone: 'resnet50' }, null).config;
    expect(paper).toMatchObject({ image_size: 224, embedding_dim: 512, weights: 'resnet50-0676ba61.pth' });
    expect(issuesOf({ dataset: 'shapes', loss: 'triplet', freeze_stages: 5 })).toMatchObject([
      { field: 'freeze_stages', value: 5, allowed: '0 to 4' },
    ]);
  });

  it('refuses a setting of another optimizer or loss, and a constant out of the bounds of its loss', () => {
    const request = { dataset: 'shapes', loss: 'triplet' };
    expect(issuesOf({ ...request, momentum: 0.9 })).toMatchObject([
      { field: 'momentum', allowed: 'with optimizer sgd' },
    ]);
    expect(issuesOf({ ...request, lr_proxies: 0.1 })).toMatchObject([
      { field: 'lr_proxies', allowed: 'with loss proxy_anchor, arcface' },
    ]);
    expect(issuesOf({ ...request, margin: 28.6 })).toMatchObject([
      { field: 'margin', allowed: 'at least 0, at most 10' },
    ]);
    expect(resolveExperiment({ ...request, optimizer: 'sgd' }, null).config.momentum).toBe(0.9);
    expect(resolveExperiment({ ...request, loss: 'arcface', margin: 30 }, null).config.margin).toBe(30);
  });

  it('fits the batch of a folder to its training classes: instances x min(floor(120 / instances), classes)', () => {
    const batchOf = (loss: string, trainingClasses: number) =>
      resolveExperiment({ dataset: 'grocery', loss }, { ...facts, trainingClasses }).config.batch_size;
    expect(batchOf('triplet', 40)).toBe(120);
    expect(batchOf('triplet', 12)).toBe(36);
    expect(batchOf('n-npair', 40)).toBe(80);
    expect(batchOf('ms', 40)).toBe(120);
  });

  it.each([
    ['CUB_200_2011', 'cub'],
    ['cub200', 'cub'],
    ['CARS196', 'cars'],
    ['Stanford_Online_Products', 'sop'],
    ['In-Shop', 'inshop'],
  ])('refuses %s, which would run without the preset of %s, and says which was meant', (dataset, meant) => {
    const issue = { field: 'dataset', value: dataset, reason: expect.stringContaining(`did you mean ${meant}?`) };
    expect(issuesOf({ dataset, loss: 'ms' })).toEqual([expect.objectContaining(issue)]);
    const sweep = parseSweepRequest({ base: { loss: 'ms' }, grid: { dataset: ['shapes', dataset] } });
    expect(() => datasetsOfSweep(sweep)).toThrow(`did you mean ${meant}?`);
  });

  it('takes names of known data sets in any case, and keeps the case of folders', () => {
    expect(resolveExperiment({ dataset: 'Shapes', loss: 'ms' }, null).config.dataset).toBe('shapes');
    expect(resolveExperiment({ dataset: 'Grocery', loss: 'ms' }, null).config.dataset).toBe('Grocery');
  });

  it.each([
    [{ loss: 'ms' }, 'dataset', 'is required'],
    [{ dataset: 'shapes', loss: 'tripplet' }, 'loss', 'Invalid option'],
    [{ dataset: '../etc', loss: 'ms' }, 'dataset', 'not a path'],
    [{ dataset: 'shapes', loss: 'ms', lr: '0.1' }, 'lr', 'expected number'],
    [{ dataset: 'shapes', loss: 'ms', lr: 0 }, 'lr', '>0'],
    [{ dataset: 'shapes', loss: 'ms', sec_wei: -1 }, 'sec_wei', '>=0'],
    [{ dataset: 'shapes', loss: 'ms', sec_wei: Number.NaN }, 'sec_wei', 'expected number'],
    [{ dataset: 'shapes', loss: 'ms', steps: 1.5 }, 'steps', 'int'],
    [{ dataset: 'shapes', loss: 'triplet', alpha: 2 }, 'alpha', 'is not a constant of loss triplet'],
    [{ dataset: 'shapes', loss: 'triplet', batch_size: 100 }, 'batch_size', 'multiple of instances'],
    [{ dataset: 'shapes', loss: 'triplet', batch_size: 3 }, 'batch_size', 'at least 2 classes'],
    [{ dataset: 'cub', loss: 'ms', image_size: 240 }, 'image_size', 'cannot put its branches together'],
    [{ dataset: 'cars', loss: 'ms', lr_gamma: 0.3 }, 'lr_gamma', 'give milestones too'],
    [{ dataset: 'cars', loss: 'ms', lr_gamma: 0 }, 'lr_gamma', '>0'],
    [{ dataset: 'cub', loss: 'ms', backbone: 'conv_small', weights: 'bn.pth' }, 'weights', 'no pretrained weights'],
    [{ dataset: 'shapes', loss: 'ms', weights: 'bn.pth' }, 'weights', 'no pretrained weights'],
    [null, 'body', 'expected object'],
  ])('refuses %j at %s: %s', (request, field, reason) => {
    const issue = issuesOf(request).find((one) => one.field === field);
    expect(issue?.reason).toContain(reason);
  });

  it('gives a changed backbone the weights that it has, so that a random BN-Inception is always written out', () => {
    const weights = (request: object) => resolveExperiment({ loss: 'ms', ...request }, null).config.weights;
    expect(weights({ dataset: 'cub' })).toBe('bn_inception-52deb4733.pth');
    expect(weights({ dataset: 'cub', backbone: 'conv_small' })).toBe('random');
    expect(weights({ dataset: 'shapes' })).toBe('random');
    expect(weights({ dataset: 'shapes', backbone: 'bn_inception' })).toBe('bn_inception-52deb4733.pth');
    expect(weights({ dataset: 'cub', weights: 'random' })).toBe('random');
  });

  it('takes any lr_gamma on Cars where milestones are given', () => {
    const { config } = resolveExperiment({ dataset: 'cars', loss: 'ms', lr_gamma: 0.3, milestones: [100] }, null);
    expect(config).toMatchObject({ lr_gamma: 0.3, milestones: [100] });
  });

  it('names the nearest field for one that it does not know', () => {
    const [issue] = issuesOf({ dataset: 'shapes', loss: 'ms', sec_weight: 1 });
    expect(issue).toMatchObject({
      field: 'sec_weight',
      value: 1,
      reason: expect.stringContaining('did you mean sec_wei?'),
    });
  });

  it('refuses what the data set cannot give, where the data set is known', () => {
    const wide = { dataset: 'grocery', loss: 'triplet', batch_size: 123, instances: 3 };
    expect(issuesOf(wide, facts)[0]).toMatchObject({ field: 'batch_size', allowed: 'at most 120' });
    expect(issuesOf({ dataset: 'grocery', loss: 'triplet' }, { ...facts, smallestTrainingClass: 1 })[0]?.field).toBe(
      'dataset',
    );
    expect(issuesOf({ dataset: 'grocery', loss: 'triplet' }, { ...facts, trainingImages: 60 })[0]?.field).toBe(
      'batch_size',
    );
    expect(issuesOf(wide)).toEqual([]);
    // As the reference, which draws the single image of a class twice.
    expect(issuesOf({ dataset: 'inshop', loss: 'triplet' }, { ...facts, smallestTrainingClass: 1 })).toEqual([]);
  });
});

describe('experimentIdentity', () => {
  const identity = (request: object, provenance: Partial<Provenance> = {}) =>
    experimentIdentity(resolveExperiment({ dataset: 'shapes', loss: 'ms', ...request }, null).config, {
      ...unknownProvenance,
      ...provenance,
    });

  it('does not change with name, tags, priority or device', () => {
    expect(identity({ name: 'a', tags: ['x'], priority: 9, device: 'cpu' })).toBe(identity({}));
  });

  it('changes with every value that decides the numbers, and with all else that enters them', () => {
    const ids = [
      identity({}),
      identity({ seed: 1 }),
      identity({ sec_wei: 0.5 }),
      identity({ milestones: [1] }),
      identity({}, { numerics: 'a' }),
      identity({}, { data_sha256: 'a' }),
      identity({}, { weights_sha256: 'a' }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is the same whether a value was given or came from the preset', () => {
    expect(identity({ lr: resolveExperiment({ dataset: 'shapes', loss: 'ms' }, null).config.lr })).toBe(identity({}));
  });
});
