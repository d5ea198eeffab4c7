import { expect, test } from 'vitest';
import { weightsSha256 } from '../src/weights-sha256.ts';

test('the weights have the SHA-256 of their little-endian bytes in the order of the network', () => {
  const network = {
    specs: ['x', 'y'].map((name) => ({ name, shape: [1], role: 'parameter', group: 'head', init: 'zeros' }) as const),
  };
  const state = new Map([
    ['y', Float32Array.of(2)],
    ['x', Float32Array.of(1)],
    ['adam.m.x', Float32Array.of(9)],
  ]);
  // printf '\x00\x00\x80\x3f\x00\x00\x00\x40' | sha256sum
  expect(weightsSha256(network, state)).toBe('b9c80b5adeca450753a16950c3cc655d271f7bef7a485bc83f112b72fef21d37');
  expect(() => weightsSha256(network, new Map())).toThrow('no tensor "x"');
});
