import { arch, availableParallelism, cpus, platform } from 'node:os';
import type { Environment } from '@spherelab/config';
import { libvipsVersion } from '@spherelab/datasets/decoder';
import { nativeBackend, tf, usesOneDnn } from '@spherelab/tensorflow';

/** What the numbers of a run depend on beside its config. A resumed run is equal only where all of it is. */
export function readEnvironment(hostEnvironment: Environment = {}): Environment {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cpu_threads: availableParallelism(),
    platform: `${platform()}-${arch()}`,
    node: process.version,
    tensorflow: nativeBackend().binding.TF_Version,
    onednn: usesOneDnn,
    tfjs: tf.version['tfjs-core'],
    libvips: libvipsVersion,
    ...hostEnvironment,
  };
}
