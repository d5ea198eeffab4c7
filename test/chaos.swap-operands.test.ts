import { expect, test } from 'vitest';
import { swapOperands } from './chaos/swap-operands.mjs';

const what = { call: 'tf.add(', first: 'margin', file: 'triplet.js' };

test('the operands of one call change places, however deep its second one is', () => {
  expect(swapOperands('hinge(tf.add(margin, tf.sub(a(1), b))) + c', what)).toBe(
    'hinge(tf.add(tf.sub(a(1), b), margin)) + c',
  );
});

test('a release in which there is nothing to reorder is an error that names the file', () => {
  expect(() => swapOperands('tf.add(tf.sub(a, b), margin)', what)).toThrow(
    "triplet.js does not have 'tf.add(margin, '",
  );
  expect(() => swapOperands('tf.add(margin, a) + tf.add(margin, b)', what)).toThrow('exactly once');
});
