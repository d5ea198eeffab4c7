import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lastLines, runCommand } from '@spherelab/host';
import type { EngineReport } from '../verify-kernels.ts';
import { buildBinding, tfjsPackageFolder } from './build-binding.ts';
import { engineCacheFolder } from './engine-cache.ts';
import { EngineError } from './engine-error.ts';
import { findTensorflow } from './find-tensorflow.ts';
import { linkBinding, linkedBinding } from './link-binding.ts';
import { fetchTensorflow, type Progress } from './tensorflow-wheel.ts';
import { verifyEngine } from './verify-engine.ts';

/**
 * Makes the native engine usable: finds or fetches TensorFlow, builds the binding against it, links it into place and,
 * the first time, verifies it. Everything is cached by version; nothing half-made is ever visible.
 * @returns the report of the verification, or null where this engine was verified before
 * @throws EngineError with what was tried and what to do
 */
export async function installEngine(onProgress: Progress): Promise<EngineReport | null> {
  const cache = engineCacheFolder();
  const tensorflow = await provideTensorflow(cache, onProgress);
  if (tensorflow === null) return verifyEngine();
  const binding = await buildBinding(cache, tensorflow, (step) => onProgress(step, null));
  await linkBinding(binding);
  const verified = path.join(path.dirname(binding), 'verified.json');
  if (existsSync(verified)) return null;
  onProgress('verifying kernels', null);
  const report = await verifyEngine();
  await writeFile(verified, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** Forgets the built binding, so that the next install builds it anew. */
export async function forgetEngine(): Promise<void> {
  await rm(linkedBinding(), { force: true });
  await rm(engineCacheFolder(), { recursive: true, force: true });
}

/** @returns the folder of a TensorFlow to build against, or null when upstream's own download put everything in place */
async function provideTensorflow(cache: string, onProgress: Progress): Promise<string | null> {
  const found = await findTensorflow();
  if (found !== null) return found;
  try {
    return await fetchTensorflow(cache, hasNvidiaGpu(), onProgress);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    onProgress(`${error.message}\ntrying the 2.9.1 download of tfjs-node-gpu itself`, null);
    const script = path.join(tfjsPackageFolder(), 'scripts', 'install.js');
    const upstream = await runCommand(process.execPath, [script, 'gpu', 'download'], { cwd: tfjsPackageFolder() });
    if (upstream.code === 0 && existsSync(linkedBinding())) return null;
    throw new EngineError(
      `no TensorFlow could be had. Tried: python3's own, PyPI (${error.message}), and tfjs-node-gpu's download (${lastLines(upstream, 2)})`,
      error.hint,
      { cause: error },
    );
  }
}

/** Of this machine, or of that for which an image is built here. */
function hasNvidiaGpu(): boolean {
  const wanted = process.env.SPHERELAB_ENGINE;
  if (wanted === 'cpu' || wanted === 'gpu') return wanted === 'gpu';
  return existsSync('/proc/driver/nvidia/gpus') || existsSync('/dev/nvidia0');
}
