import { spawnSync } from 'node:child_process';
import type { Device } from './device.ts';

type Gpu = { readonly index: string; readonly uuid: string };

/**
 * The devices of a worker: those that SPHERELAB_DEVICES names, else the GPUs of this machine, else its CPU. Of GPUs, only those that
 * CUDA_VISIBLE_DEVICES leaves: a scheduler gave the others to somebody else.
 * @param wanted SPHERELAB_DEVICES
 * @param visible CUDA_VISIBLE_DEVICES as CUDA reads it: indices or UUIDs, up to the first that is none; empty: no GPU
 * @throws Error when `wanted` names a GPU that is not left
 */
export function chooseDevices(wanted: readonly Device[] | undefined, visible: string | undefined): readonly Device[] {
  if (wanted !== undefined && (visible === undefined || wanted.every((device) => device === 'cpu'))) return wanted;
  const gpus = presentGpus();
  const left = (visible === undefined ? gpus.map(({ index }) => index) : visibleOf(visible, gpus)).map(
    (id): Device => `gpu:${id}`,
  );
  if (wanted === undefined) return left.length > 0 ? left : ['cpu'];
  const taken = wanted.filter((device) => device !== 'cpu' && !left.includes(device));
  if (taken.length === 0) return wanted;
  throw new Error(
    `SPHERELAB_DEVICES names ${taken.join(', ')}; CUDA_VISIBLE_DEVICES=${visible} leaves ${left.join(', ') || 'no GPU'}`,
  );
}

function visibleOf(visible: string, gpus: readonly Gpu[]): string[] {
  const ids: string[] = [];
  for (const entry of visible.split(',').map((text) => text.trim())) {
    // CUDA takes the beginning of a UUID too. A part of a GPU (MIG) has one that nvidia-smi does not list so.
    const isUuid = entry.startsWith('GPU-');
    const gpu = gpus.find(({ index, uuid }) => (isUuid ? uuid.startsWith(entry) : index === entry));
    const id = gpu?.index ?? (gpus.length > 0 && entry.startsWith('MIG-') ? entry : undefined);
    if (id === undefined) return ids;
    if (!ids.includes(id)) ids.push(id);
  }
  return ids;
}

function presentGpus(): Gpu[] {
  const query = spawnSync('nvidia-smi', ['--query-gpu=index,uuid', '--format=csv,noheader'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  const lines = query.status === 0 ? query.stdout.trim().split('\n') : [];
  const gpus = lines.map((line) => line.split(',').map((field) => field.trim()));
  return gpus.flatMap(([index = '', uuid = '']) => (/^\d+$/.test(index) ? [{ index, uuid }] : []));
}
