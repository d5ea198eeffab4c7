/** What one trainer process computes on: `cpu`, or `gpu:` and the index of nvidia-smi, or the UUID where a scheduler gave one. */
export type Device = 'cpu' | `gpu:${string}`;

export function isGpu(device: Device): boolean {
  return device !== 'cpu';
}

/** Threads of one trainer. Kept with the experiment: a resumed run uses the same, for 1 and 2 threads differ in the last bit. */
export type ThreadCounts = { readonly intra_op_threads: number; readonly inter_op_threads: number };

/** What the trainer's environment says of device and threads; TensorFlow reads it when it is loaded. */
export function deviceEnvironment(
  device: Device,
  wanted: 'any' | 'cpu' | 'gpu',
  threads: ThreadCounts,
): Record<string, string> {
  const onGpu = isGpu(device) && wanted !== 'cpu';
  return {
    CUDA_VISIBLE_DEVICES: onGpu ? device.slice('gpu:'.length) : '-1',
    // The order of nvidia-smi, whose indices these are; CUDA's own puts the fastest first.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    SPHERELAB_DEVICE: onGpu ? 'gpu' : 'cpu',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    TF_NUM_INTRAOP_THREADS: String(threads.intra_op_threads),
    TF_NUM_INTEROP_THREADS: String(threads.inter_op_threads),
    VIPS_CONCURRENCY: '1',
  };
}
