import { existsSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '@spherelab/host';
import { EngineError } from './engine-error.ts';

const requiredFiles = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'include/tensorflow/c/c_api.h'];

/** Whether a folder is a TensorFlow Python package with the C library and its headers. */
export function isTensorflowFolder(folder: string): boolean {
  return requiredFiles.every((file) => existsSync(path.join(folder, file)));
}

/**
 * A TensorFlow that is already on the machine: `SPHERELAB_TENSORFLOW_DIR`, or the one Python would import.
 * Python is asked where it is without importing it.
 * @returns the package folder (the one that holds libtensorflow_cc.so.2), or null
 * @throws EngineError when SPHERELAB_TENSORFLOW_DIR names a folder that is none
 */
export async function findTensorflow(env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const named = env.SPHERELAB_TENSORFLOW_DIR;
  if (named) {
    const folder = [named, path.join(named, 'tensorflow')].find(isTensorflowFolder);
    if (folder) return path.resolve(folder);
    throw new EngineError(
      `SPHERELAB_TENSORFLOW_DIR=${named} holds no TensorFlow (expected ${requiredFiles.join(', ')})`,
      'name the folder `tensorflow` of a Python environment, or unset it',
    );
  }
  const script = 'import importlib.util as u; s = u.find_spec("tensorflow"); print(s.origin if s else "")';
  const found = await runCommand('python3', ['-c', script], { env });
  const origin = found.code === 0 ? found.stdout.trim() : '';
  const folder = origin === '' ? null : path.dirname(origin);
  return folder !== null && isTensorflowFolder(folder) ? folder : null;
}
