import { UMAP } from 'umap-js';
import { floatRows } from './float-rows.ts';

/** What the worker tells: how far it is, and where the images are now. */
export type UmapReport = { readonly share: number; readonly points: readonly (readonly [number, number])[] };

const neighbours = 15;
const tellEvery = 10;

/** The same embeddings give the same map. */
function seededRandom(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
  };
}

addEventListener('message', ({ data: file }: MessageEvent<ArrayBuffer>) => {
  const { values, rows, dim } = floatRows(file);
  const unit = Array.from({ length: rows }, (_, row) => {
    const vector = Array.from(values.subarray(row * dim, (row + 1) * dim));
    const norm = Math.hypot(...vector);
    return vector.map((value) => value / norm);
  });
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.min(neighbours, rows - 1),
    minDist: 0.1,
    random: seededRandom(),
  });
  const epochs = umap.initializeFit(unit);
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    umap.step();
    if (epoch % tellEvery === 0 || epoch === epochs - 1) {
      postMessage({ share: (epoch + 1) / epochs, points: umap.getEmbedding() } as unknown as UmapReport);
    }
  }
});
