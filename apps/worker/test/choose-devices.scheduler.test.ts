import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { chooseDevices } from '../src/choose-devices.ts';
import { deviceEnvironment } from '../src/device.ts';
import { readWorkerEnv } from '../src/env.ts';

let folder: string;

/** An nvidia-smi of four GPUs that answers to what it is asked for. */
const fake = `#!/bin/sh
case "$1" in *index,uuid*) ;; *) exit 9 ;; esac
for i in 0 1 2 3; do echo "$i, GPU-$i$i$i$i-aaaa"; done
`;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nvidia-'));
  writeFileSync(path.join(folder, 'nvidia-smi'), fake, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('the devices of a worker', () => {
  it('are all GPUs where nobody says otherwise', () => {
    expect(chooseDevices(undefined, undefined)).toEqual(['gpu:0', 'gpu:1', 'gpu:2', 'gpu:3']);
  });

  it.each([
    ['2,3', ['gpu:2', 'gpu:3']],
    ['GPU-1111-aaaa, GPU-3333', ['gpu:1', 'gpu:3']],
    ['MIG-5c33-aaaa', ['gpu:MIG-5c33-aaaa']],
    ['1,-1,2', ['gpu:1']],
    ['7', ['cpu']],
    ['', ['cpu']],
    ['NoDevFiles', ['cpu']],
  ])('are those that a scheduler left with CUDA_VISIBLE_DEVICES=%s', (visible, devices) => {
    const env = readWorkerEnv({ DATABASE_URL: 'postgresql://x', CUDA_VISIBLE_DEVICES: visible });
    expect(chooseDevices(env.devices, env.visibleGpus)).toEqual(devices);
  });

  it('are those of SPHERELAB_DEVICES, and none of them may be somebody else’s', () => {
    expect(chooseDevices(['gpu:1'], undefined)).toEqual(['gpu:1']);
    expect(chooseDevices(['gpu:3', 'cpu'], '2,3')).toEqual(['gpu:3', 'cpu']);
    expect(() => chooseDevices(['gpu:0', 'gpu:3'], '2,3')).toThrow(
      'SPHERELAB_DEVICES names gpu:0; CUDA_VISIBLE_DEVICES=2,3 leaves gpu:2, gpu:3',
    );
  });

  it('reach the trainer in the order of nvidia-smi', () => {
    const threads = { intra_op_threads: 2, inter_op_threads: 1 };
    expect(deviceEnvironment('gpu:3', 'any', threads)).toMatchObject({
      CUDA_VISIBLE_DEVICES: '3',
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    });
    expect(deviceEnvironment('gpu:3', 'cpu', threads)).toMatchObject({ CUDA_VISIBLE_DEVICES: '-1' });
  });
});
