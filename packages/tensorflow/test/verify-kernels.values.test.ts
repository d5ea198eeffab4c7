import { expect, it } from 'vitest';
import { tf, verifyKernels } from '../src/index.ts';

it('the engine computes the known values, on the native backend, and keeps no tensor', () => {
  const before = tf.memory().numTensors;
  const report = verifyKernels();
  expect(report.kernels.filter((check) => !check.ok)).toEqual([]);
  expect(report).toMatchObject({ backend: 'tensorflow', tensorflow: expect.stringMatching(/^\d+\.\d+/) });
  expect(tf.memory().numTensors).toBe(before);
});
