import { createRequire } from 'node:module';
import { copiedInput } from './copied-input.ts';
import type { NativeBackend } from './native-backend.ts';

const require = createRequire(import.meta.url);

/** Node 23 removed `util.isNullOrUndefined`, which tfjs-node calls for every tensor made from values. */
function restoreRemovedUtil(): void {
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function loadEngine(): typeof import('@tensorflow/tfjs-node-gpu') {
  restoreRemovedUtil();
  // TensorFlow reads these once, when its library is loaded.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // On by default only where the processor has AVX-512; with AVX2 a step of BN-Inception is a sixth faster with it.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
  // On a GPU equal steps end in different bits without the first, and products have 10 bits of 23 without the second (ADR 21).
  process.env.TF_DETERMINISTIC_OPS = '1';
  process.env.NVIDIA_TF32_OVERRIDE = '0';
  const engine = require('@tensorflow/tfjs-node-gpu') as typeof import('@tensorflow/tfjs-node-gpu');
  const backend = engine.backend() as unknown as NativeBackend;
  backend.binding = copiedInput(backend.binding);
  return engine;
}

/**
 * TensorFlow.js on the native engine. Importing this module loads the native library (about 1 s, 360 MB resident);
 * `@spherelab/tensorflow/install` puts the library there and loads nothing.
 */
export const tf = loadEngine();

/** Whether oneDNN's kernels are used: they round differently. */
export const usesOneDnn: boolean = process.env.TF_ENABLE_ONEDNN_OPTS !== '0';
