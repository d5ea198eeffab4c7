import { seededRandom } from '../test/chaos/seeded-random.mjs';

/** Normalised points around as many random centres as there are classes, in turn: {embeddings [count, dim], labels [count], dim}. */
export function embeddingBlobs(count, classes, dim) {
  const random = seededRandom(1);
  const centres = Float32Array.from({ length: classes * dim }, () => random.between(-1, 1));
  const embeddings = new Float32Array(count * dim);
  const labels = Int32Array.from({ length: count }, (_, point) => point % classes);
  for (let point = 0; point < count; point += 1) {
    const row = embeddings.subarray(point * dim, (point + 1) * dim);
    const centre = (point % classes) * dim;
    for (let k = 0; k < dim; k += 1) row[k] = centres[centre + k] + random.between(-1.5, 1.5);
    const norm = Math.hypot(...row);
    for (let k = 0; k < dim; k += 1) row[k] /= norm;
  }
  return { embeddings, labels, dim };
}
