// K-means of NMI and F1 at the sizes of the paper's test sets.
import { kMeans } from '../packages/evaluation/dist/index.js';
import { seededRandom } from '../test/chaos/seeded-random.mjs';

export const help = `npm run bench k-means -- [--points 5924] [--clusters 100] [--dim 512] [--restarts 10]
Clusters normalised points around as many random centres. The defaults are CUB's; SOP has 60,502 points and 11,316 clusters.`;

export const options = {
  points: { type: 'string', default: '5924' },
  clusters: { type: 'string', default: '100' },
  dim: { type: 'string', default: '512' },
  restarts: { type: 'string', default: '10' },
};

export async function run(values) {
  const [count, clusters, dim, restarts] = ['points', 'clusters', 'dim', 'restarts'].map((name) =>
    Number(values[name]),
  );
  const set = blobs(count, clusters, dim);
  const began = performance.now();
  const { iterations, inertia } = kMeans(set, { clusters, seed: 0, restarts });
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(
    `${count} points, ${dim} dimensions, ${clusters} clusters, ${restarts} restarts: ${seconds} s; the best took ${iterations} iterations, inertia ${inertia.toFixed(1)}`,
  );
}

function blobs(count, clusters, dim) {
  const random = seededRandom(1);
  const centres = Float32Array.from({ length: clusters * dim }, () => random.between(-1, 1));
  const embeddings = new Float32Array(count * dim);
  const labels = Int32Array.from({ length: count }, (_, point) => point % clusters);
  for (let point = 0; point < count; point += 1) {
    const row = embeddings.subarray(point * dim, (point + 1) * dim);
    const centre = (point % clusters) * dim;
    for (let k = 0; k < dim; k += 1) row[k] = centres[centre + k] + random.between(-1.5, 1.5);
    const norm = Math.hypot(...row);
    for (let k = 0; k < dim; k += 1) row[k] /= norm;
  }
  return { embeddings, labels, dim };
}
