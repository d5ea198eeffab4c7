import { arch, availableParallelism, cpus, platform } from 'node:os';
import { libvipsVersion } from '@spherelab/datasets/decoder';
import { nativeBackend, tf, usesOneDnn } from '@spherelab/tensorflow';
import type { Environment } from './training-events.ts';

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

/** One line for each fact that differs between two environments. */
export function environmentDifferences(before: Environment, now: Environment): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: ${before[name] ?? 'not recorded'} -> ${now[name] ?? 'not recorded'}`);
}
