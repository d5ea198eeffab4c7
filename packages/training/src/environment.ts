import { arch, availableParallelism, cpus, platform } from 'node:os';
import type { Environment } from '@spherelab/config';
import { libvipsVersion } from '@spherelab/datasets/decoder';
import { gpuModel, nativeBackend, tf, usedDevice, usesOneDnn } from '@spherelab/tensorflow';
import { TrainingError } from './training-error.ts';

/**
 * What the numbers of a run depend on beside its config. A resumed run is equal only where all of it is.
 * @throws TrainingError `gpu_unusable` where a GPU was asked for (SPHERELAB_DEVICE) and TensorFlow computes on the processor
 */
export function readEnvironment(hostEnvironment: Environment = {}): Environment {
  const device = usedDevice();
  if (process.env.SPHERELAB_DEVICE === 'gpu' && device === 'cpu') {
    const gpu = `GPU ${process.env.CUDA_VISIBLE_DEVICES ?? 0}`;
    throw new TrainingError(
      'gpu_unusable',
      `TensorFlow cannot use ${gpu}: a library of CUDA or the driver is missing or too old; TF_CPP_MIN_LOG_LEVEL=0 node packages/tensorflow/dist/verify-main.js says which`,
      { retryable: true },
    );
  }
  const gpu = gpuModel(device);
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cpu_threads: availableParallelism(),
    platform: `${platform()}-${arch()}`,
    node: process.version,
    tensorflow: nativeBackend().binding.TF_Version,
    onednn: usesOneDnn,
    tfjs: tf.version['tfjs-core'],
    libvips: libvipsVersion,
    device,
    ...(gpu === null ? {} : { gpu }),
    ...hostEnvironment,
  };
}
