import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { lastLines, runCommand } from '@spherelab/host';
import { makeCached } from './engine-cache.ts';
import { EngineError } from './engine-error.ts';

const require = createRequire(import.meta.url);

/** The folder of the tfjs-node-gpu package, whose C++ sources are built. */
export function tfjsPackageFolder(): string {
  return path.dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

/**
 * Builds the N-API binding of tfjs-node-gpu against a TensorFlow, once per version of both.
 * @returns the path of tfjs_binding.node in the cache
 * @throws EngineError with the compiler's words
 */
export async function buildBinding(
  cache: string,
  tensorflow: string,
  onProgress: (step: string) => void,
): Promise<string> {
  const name = `binding-${await bindingKey(tensorflow)}`;
  const binding = path.join(cache, name, 'tfjs_binding.node');
  if (existsSync(binding)) return binding;
  onProgress('compiling the binding (about 15 s)');
  await makeCached(cache, name, (folder) => compile(tensorflow, path.join(folder, 'tfjs_binding.node')));
  return binding;
}

/** Changes whenever another binding is needed: other sources, another TensorFlow, another machine type. */
async function bindingKey(tensorflow: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(tfjsPackageFolder(), 'package.json'), 'utf8')) as {
    version: string;
  };
  const library = statSync(path.join(tensorflow, 'libtensorflow_cc.so.2'));
  const parts = [version, process.arch, tensorflow, library.size, library.mtimeMs];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

async function compile(tensorflow: string, output: string): Promise<void> {
  const tfjs = tfjsPackageFolder();
  const napi = path.join(path.dirname(require.resolve('node-api-headers/package.json')), 'include');
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => path.join(tfjs, 'binding', file));
  const includes = [napi, path.join(tensorflow, 'include'), tfjs].flatMap((folder) => ['-I', folder]);
  const libraries = ['-L', tensorflow, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'];
  const flags = ['-O2', '-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8'];
  const compiler = process.env.CXX || 'g++';
  const result = await runCommand(compiler, [
    ...flags,
    ...includes,
    ...sources,
    ...libraries,
    `-Wl,-rpath,${tensorflow}`,
    '-o',
    output,
  ]);
  if (result.code !== 0) {
    throw new EngineError(
      `${compiler} could not build the binding:\n${lastLines(result)}`,
      'a C++17 compiler is needed (Debian: apt-get install g++); CXX names another one',
    );
  }
}
