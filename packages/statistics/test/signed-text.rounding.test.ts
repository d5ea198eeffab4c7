import { expect, it } from 'vitest';
import { roundedText, signedText } from '../src/index.ts';

it.each([
  [1.84, '+1.8', '1.8'],
  [-1.84, '-1.8', '-1.8'],
  [0.04, '0.0', '0.0'],
  [-0.04, '0.0', '0.0'],
  [0, '0.0', '0.0'],
  [-0, '0.0', '0.0'],
])('%d is %s with a sign and %s without', (value, signed, rounded) => {
  expect([signedText(value, 1), roundedText(value, 1)]).toEqual([signed, rounded]);
});
