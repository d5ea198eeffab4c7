import { describe, expect, it } from 'vitest';
import {
  ConfigError,
  type Division,
  datasetsOfSweep,
  divisionName,
  expandSweep,
  parseSweepRequest,
  sweptFields,
} from '../src/index.ts';

const expand = (request: unknown) => expandSweep(parseSweepRequest(request), () => null);

describe('expandSweep', () => {
  it('gives every combination of the grid, last field fastest', () => {
    const cells = expand({
      base: { dataset: 'shapes' },
      grid: { loss: ['triplet', 'ms'], sec_wei: [0, 0.5], seed: [0, 1] },
    });
    expect(cells.map(({ config }) => `${config.loss} ${config.sec_wei} ${config.seed}`)).toEqual([
      'triplet 0 0',
      'triplet 0 1',
      'triplet 0.5 0',
      'triplet 0.5 1',
      'ms 0 0',
      'ms 0 1',
      'ms 0.5 0',
      'ms 0.5 1',
    ]);
  });

  it('asks for the images of each fold once, and gives each cell those of its own', () => {
    const sweep = parseSweepRequest({
      base: { dataset: 'shapes', loss: 'ms', protocol: 'validation', folds: 3 },
      grid: { sec_wei: [0, 1], fold: [0, 1, 2] },
    });
    expect(datasetsOfSweep(sweep)).toEqual(
      [0, 1, 2].map((fold) => ({ dataset: 'shapes', division: { folds: 3, fold } })),
    );
    const seen: Division[] = [];
    const cells = expandSweep(sweep, (_dataset, division) => {
      seen.push(division);
      return null;
    });
    expect(cells.map(({ config }) => config.fold)).toEqual([0, 1, 2, 0, 1, 2]);
    expect(seen.map(divisionName)).toEqual([0, 1, 2, 0, 1, 2].map((fold) => `fold ${fold} of 3`));
  });

  it("gives each cell its own preset with policy paper, and the first cell's with policy matched", () => {
    const grid = { loss: ['triplet', 'ms'] };
    const instances = (policy: string) =>
      expand({ base: { dataset: 'shapes', preset_policy: policy }, grid }).map(({ config }) => config.instances);
    expect(instances('paper')).toEqual([3, 5]);
    expect(instances('matched')).toEqual([3, 3]);
  });

  it('keeps the constants of each loss with policy matched', () => {
    const [, ms] = expand({ base: { dataset: 'shapes', preset_policy: 'matched' }, grid: { loss: ['triplet', 'ms'] } });
    expect(ms?.config).toMatchObject({ margin: 0.1, beta: 40 });
  });

  it.each([
    [{ base: { dataset: 'shapes' }, grid: { loss: ['ms', 'ms'] } }, 'twice'],
    [{ base: { dataset: 'shapes', loss: 'ms' }, grid: { loss: ['ms'] } }, 'also in the grid'],
    [{ base: { dataset: 'shapes' }, grid: {} }, 'at least one field'],
    [{ base: { dataset: 'shapes' }, grid: { loss: [] } }, 'grid.loss'],
    [{ base: { dataset: 'shapes' }, grid: { los: ['ms'] } }, 'did you mean loss?'],
    [
      { base: { dataset: 'shapes', loss: 'ms' }, grid: { seed: Array.from({ length: 101 }, (_, i) => i) } },
      'grid.seed',
    ],
    [{ base: { loss: 'ms' }, grid: { seed: [0] } }, 'dataset: is required'],
    [{ base: { dataset: 'shapes', loss: 'ms' }, grid: { lr: [0.1, -1] } }, 'grid.lr.1'],
  ])('refuses %j', (request, message) => {
    expect(() => expand(request)).toThrow(ConfigError);
    expect(() => expand(request)).toThrow(message);
  });

  it('refuses a grid that is too large before it makes a cell', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i);
    expect(() =>
      expand({ base: { dataset: 'shapes', loss: 'ms' }, grid: { seed: hundred, sec_wei: hundred } }),
    ).toThrow('too many cells');
  });

  it('names each data set and protocol once', () => {
    const sweep = parseSweepRequest({ base: { loss: 'ms' }, grid: { dataset: ['shapes', 'a'], seed: [0, 1] } });
    expect(datasetsOfSweep(sweep)).toEqual([
      { dataset: 'shapes', division: 'paper' },
      { dataset: 'a', division: 'paper' },
    ]);
  });
});

describe('cells of a sweep', () => {
  const cells = [
    { loss: 'triplet', sec_wei: 2 },
    { loss: 'ms', sec_wei: 0.05 },
  ];
  const keysOf = (request: object) =>
    expand(request).map(({ config }) => `${config.loss} ${config.sec_wei} ${config.seed}`);

  it('are combinations that no grid gives, and carry the grid', () => {
    const base = { dataset: 'shapes' };
    expect(keysOf({ base, cells })).toEqual(['triplet 2 0', 'ms 0.05 0']);
    expect(keysOf({ base, cells, grid: { seed: [0, 1] } })).toEqual([
      'triplet 2 0',
      'triplet 2 1',
      'ms 0.05 0',
      'ms 0.05 1',
    ]);
    const both = { cells: [{ sec_wei: 1 }], grid: { seed: [0] } };
    expect(sweptFields(parseSweepRequest({ base, ...both }))).toEqual(['sec_wei', 'seed']);
  });

  it('are refused where a field stands in two places, is unknown, or nothing varies', () => {
    const message = (request: object): string => {
      try {
        expand(request);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(message({ base: { dataset: 'shapes', loss: 'ms' }, cells })).toContain('cells.0.loss: is also in base');
    expect(message({ base: { dataset: 'shapes' }, cells, grid: { loss: ['ms'] } })).toContain('is also in grid');
    expect(message({ base: { dataset: 'shapes' }, cells: [{ sec_weight: 1 }] })).toContain('did you mean sec_wei?');
    expect(message({ base: { dataset: 'shapes', loss: 'ms' } })).toContain('must name at least one field');
  });
});
