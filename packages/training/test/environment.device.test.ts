import { nativeBackend, usedDevice } from '@spherelab/tensorflow';
import { afterEach, expect, it, vi } from 'vitest';
import { readEnvironment } from '../src/environment.ts';

afterEach(() => vi.unstubAllEnvs());

it('tells the device that TensorFlow uses', () => {
  expect(readEnvironment({ intra_op_threads: 2 })).toMatchObject({ device: usedDevice(), intra_op_threads: 2 });
});

// As on a host with a GPU whose CUDA libraries are missing: TensorFlow says so on stderr, and computes on the processor.
it.skipIf(nativeBackend().isUsingGpuDevice)('refuses to take the processor for a GPU that was asked for', () => {
  vi.stubEnv('SPHERELAB_DEVICE', 'gpu');
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '1');
  expect(() => readEnvironment()).toThrow(
    expect.objectContaining({
      code: 'gpu_unusable',
      retryable: true,
      message: expect.stringMatching(/^TensorFlow cannot use GPU 1: a library of CUDA/),
    }),
  );
});
