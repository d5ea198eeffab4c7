import { expect, test } from 'vitest';
import { counterRandom } from '../src/counter-random.ts';
import { philox } from '../src/philox.ts';

test('Philox gives the known answers of Random123', () => {
  expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  const ones = 0xffffffff;
  expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
  expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
    0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
  ]);
});

test('draws depend on seed, purpose, step and sample, and on nothing else', () => {
  const firstOf = (...place: Parameters<typeof counterRandom>): number => counterRandom(...place).unit();
  const draws = counterRandom(7, 'crop', 3, 5);
  counterRandom(7, 'crop', 3, 6).unit();
  const sequence = Array.from({ length: 10 }, () => draws.unit());
  expect(firstOf(7, 'crop', 3, 5)).toBe(sequence[0]);
  expect(new Set(sequence).size).toBe(10);
  const others = [
    firstOf(8, 'crop', 3, 5),
    firstOf(7, 'flip', 3, 5),
    firstOf(7, 'crop', 4, 5),
    firstOf(7, 'crop', 3, 6),
  ];
  expect(new Set([sequence[0], ...others]).size).toBe(5);
});

test('neighbouring places are uniform and uncorrelated', () => {
  const count = 20_000;
  const values = Array.from({ length: count }, (_, sample) => counterRandom(1, 'flip', 2, sample).unit());
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const serial =
    values.slice(1).reduce((sum, value, i) => sum + (value - 0.5) * ((values[i] as number) - 0.5), 0) / count;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
  expect(Math.abs(serial) * 12).toBeLessThan(0.03);
});
