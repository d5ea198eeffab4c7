import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tf } from '@spherelab/tensorflow';
import { encodeTorchFile } from '@spherelab/weight-files';
import { expect, it } from 'vitest';
import { maxAbsDifference } from '../../../test/golden-reader.ts';
import { createNetwork } from '../src/create-network.ts';
import { exportStateDict } from '../src/export-state-dict.ts';
import type { Tensor } from '../src/network.ts';
import { goldenState } from './golden-network.ts';

const python = process.env.SPHERELAB_PEER_PYTHON;
const count = 2;

it.skipIf(python === undefined)(
  'an exported bn_inception gives the same embeddings in PyTorch (SPHERELAB_PEER_PYTHON names a Python with torch)',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'spherelab-peer-'));
    try {
      const network = createNetwork({
        backbone: 'bn_inception',
        imageSize: 227,
        embeddingDim: 512,
        needBn: true,
        freezeBn: true,
      });
      const state = goldenState(network);
      const values = new Map([...state].map(([name, tensor]) => [name, tensor.dataSync<'float32'>()]));
      const weights = path.join(folder, 'weights.pth');
      await writeFile(weights, encodeTorchFile(exportStateDict(network, values)));

      const size = count * 227 * 227 * 3;
      const rgb = Uint8Array.from({ length: size }, (_, i) => 127 + 120 * Math.sin(i * 0.013) * Math.cos(i * 0.00071));
      const ours = tf.tidy(() =>
        network.forward(state, tf.tensor4d(rgb, [count, 227, 227, 3], 'int32'), false).embeddings.dataSync<'float32'>(),
      );
      tf.dispose([...state.values()] as Tensor[]);

      const mean = [104, 117, 123];
      const bgr = Float32Array.from(
        { length: size },
        (_, i) => (rgb[i - (i % 3) + 2 - (i % 3)] as number) - (mean[i % 3] as number),
      );
      const [pixels, out] = [path.join(folder, 'pixels'), path.join(folder, 'embeddings')];
      await writeFile(pixels, new Uint8Array(bgr.buffer));
      const script = fileURLToPath(new URL('./pytorch-embeddings.py', import.meta.url));
      const bench = fileURLToPath(new URL('../../../bench', import.meta.url));
      await promisify(execFile)(python as string, [script, bench, weights, pixels, out, String(count)]);
      const theirs = new Float32Array(Uint8Array.from(await readFile(out)).buffer);
      const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(maxAbsDifference(ours, theirs)).toBeLessThan(1e-4 * largest);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
