import { describe, expect, it } from 'vitest';
import { ConfigError, expandSweep, nearestKey, parseSweepRequest, resolveExperiment } from '../src/index.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const keys = (count: number, prefix = 'k') => Object.fromEntries(numbers(count).map((i) => [`${prefix}${i}`, i]));
const base = { dataset: 'shapes', loss: 'ms' };
const axis = numbers(100);

const hostile: Readonly<Record<string, () => unknown>> = {
  'four axes of a hundred values': () =>
    parseSweepRequest({ base, grid: { seed: axis, sec_wei: axis, l2reg_wei: axis, priority: axis, steps: axis } }),
  'two thousand cells on two axes': () =>
    parseSweepRequest({
      base,
      cells: numbers(2_000).map((margin) => ({ margin: margin / 1_000 })),
      grid: { seed: axis, sec_wei: axis },
    }),
  'an axis of half a million': () => parseSweepRequest({ base, grid: { seed: numbers(500_000) } }),
  'an axis of half a million that are none': () =>
    parseSweepRequest({ base, grid: { seed: numbers(500_000).map(String) } }),
  'half a million cells': () => parseSweepRequest({ base, cells: numbers(500_000).map(() => ({})) }),
  'two thousand cells of nothing but wrong values': () =>
    parseSweepRequest({
      base,
      cells: numbers(2_000).map(() => ({ lr: '', lr_p: '', seed: '', steps: '', beta: '', alpha: '' })),
    }),
  'two thousand cells on a base of unknown fields': () =>
    parseSweepRequest({ base: keys(60_000), cells: numbers(2_000).map((seed) => ({ seed })) }),
  'sixty thousand unknown fields': () => resolveExperiment({ ...base, ...keys(60_000) }, null),
  'unknown fields with names of a thousand letters': () =>
    resolveExperiment({ ...base, ...keys(800, 'x'.repeat(1_000)) }, null),
  'one unknown field whose name is a megabyte': () => resolveExperiment({ ...base, ['x'.repeat(1_000_000)]: 1 }, null),
  'a name of a megabyte': () => resolveExperiment({ ...base, name: 'x'.repeat(1_000_000) }, null),
  'two hundred thousand tags': () => resolveExperiment({ ...base, tags: numbers(200_000).map(String) }, null),
  'a deep value': () =>
    resolveExperiment({ ...base, lr: JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown }, null),
};

describe('what is refused costs little, whatever its size', () => {
  it.each(Object.entries(hostile))('%s', (_, request) => {
    const before = process.cpuUsage();
    let refusal: unknown;
    try {
      request();
    } catch (error) {
      refusal = error;
    }
    const { user, system } = process.cpuUsage(before);
    expect(refusal).toBeInstanceOf(ConfigError);
    const { message, issues } = refusal as ConfigError;
    expect(issues.length).toBeLessThanOrEqual(20);
    expect(message.length + JSON.stringify(issues).length).toBeLessThan(60_000);
    // Making the request itself is some of it.
    // Of the processor, in microseconds: others may keep it busy meanwhile.
    expect(user + system).toBeLessThan(1_000_000);
  });

  it('tells twenty flaws and how many more there are', () => {
    const told = (request: unknown): ConfigError => {
      try {
        resolveExperiment(request, null);
      } catch (error) {
        return error as ConfigError;
      }
      throw new Error('it was taken');
    };
    expect(told({ ...base, ...keys(25) }).message).toMatch(/; and 5 more$/);
    expect(told({ ...base, ...keys(20) }).message).not.toContain('more');
    expect(told({ ...base, ...keys(5_000) }).message).toMatch(/; and at least 180 more$/);
    expect(told({ ...base, lr: 'x'.repeat(1_000) }).issues[0]?.value).toBe(`${'x'.repeat(200)}…`);
    expect(told({ ...base, lr: axis }).issues[0]?.value).toBe('a list of 100 entries');
    expect(told({ ...base, lr: keys(40) }).issues[0]?.value).toBe('an object of 40 fields');
    expect(told({ ...base, lr: { a: [1] } }).issues[0]?.value).toEqual({ a: [1] });
  });

  it('says how many cells there would be', () => {
    const grid = { seed: axis, sec_wei: axis, l2reg_wei: axis, steps: numbers(101).slice(1) };
    expect(() => parseSweepRequest({ base, grid })).toThrow('grid: has too many cells (got 100000000)');
    const cells = numbers(21).map((i) => ({ margin: i / 10 }));
    expect(() => parseSweepRequest({ base, cells, grid: { seed: axis } })).toThrow('(got 2100)');
    expect(
      expandSweep(parseSweepRequest({ base, cells: cells.slice(1), grid: { seed: axis } }), () => null),
    ).toHaveLength(2_000);
  });

  it('looks for no known name near one that is much longer', () => {
    expect(nearestKey('sec_weii', ['sec_wei'])).toBe('sec_wei');
    expect(nearestKey(`sec_wei${'i'.repeat(100_000)}`, ['sec_wei'])).toBeNull();
  });
});
