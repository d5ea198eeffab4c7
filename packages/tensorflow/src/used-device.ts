import { spawnSync } from 'node:child_process';
import { nativeBackend } from './native-backend.ts';

/** What the backend computes on: `cpu`, or `gpu:` and what CUDA_VISIBLE_DEVICES names. Read from TensorFlow, whatever was asked for. */
export function usedDevice(): string {
  if (!nativeBackend().isUsingGpuDevice) return 'cpu';
  return `gpu:${process.env.CUDA_VISIBLE_DEVICES ?? '0'}`;
}

/** Model of a device of `usedDevice`, as nvidia-smi names it; null for the processor, or where nvidia-smi does not tell. */
export function gpuModel(device: string): string | null {
  if (device === 'cpu') return null;
  const id = device.slice('gpu:'.length).split(',')[0] as string;
  const query = spawnSync('nvidia-smi', [`--id=${id}`, '--query-gpu=name', '--format=csv,noheader'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return query.status === 0 ? query.stdout.trim() || null : null;
}
