import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { gpuModel, nativeBackend, usedDevice } from '../src/index.ts';

afterEach(() => vi.unstubAllEnvs());

it('is what TensorFlow computes on, not what was asked for', () => {
  const { isUsingGpuDevice } = nativeBackend();
  vi.stubEnv('CUDA_VISIBLE_DEVICES', '3');
  expect(usedDevice()).toBe(isUsingGpuDevice ? 'gpu:3' : 'cpu');
});

it('asks nvidia-smi for the model of the GPU that is used, and for none of a processor', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nvidia-'));
  const fake = '#!/bin/sh\n[ "$1" = --id=3 ] && echo "NVIDIA H200"';
  writeFileSync(path.join(folder, 'nvidia-smi'), fake, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  expect(gpuModel('gpu:3')).toBe('NVIDIA H200');
  expect(gpuModel('gpu:3,4')).toBe('NVIDIA H200');
  expect(gpuModel('gpu:5')).toBeNull();
  expect(gpuModel('cpu')).toBeNull();
  rmSync(folder, { recursive: true });
});

it('computes with deterministic kernels and whole float32 products, whatever the environment says', () => {
  expect(process.env).toMatchObject({ TF_DETERMINISTIC_OPS: '1', NVIDIA_TF32_OVERRIDE: '0' });
});
