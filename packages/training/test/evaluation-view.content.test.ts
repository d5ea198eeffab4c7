import { createHash } from 'node:crypto';
import { type Dataset, openDataset } from '@spherelab/datasets';
import type { EmbeddingSet } from '@spherelab/evaluation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluationView, type SentThumbnails } from '../src/evaluation-view.ts';
import { openThumbnailCache } from '../src/thumbnail-cache.ts';

describe('what an evaluation shows', () => {
  let dataset: Dataset;
  beforeAll(async () => {
    dataset = await openDataset({ dataRoot: null, name: 'shapes', imageSize: 32, threadCount: 1 });
  });
  afterAll(() => dataset.close());

  /** Embeddings that say the class in one direction and the image in another, so that most neighbours are right. */
  const embeddings = (): EmbeddingSet => ({
    embeddings: Float32Array.from(
      dataset.test.flatMap(({ label }, row) => [
        Math.cos(label),
        Math.sin(label),
        0.05 * Math.sin(row),
        0.02 * Math.cos(3 * row),
      ]),
    ),
    labels: Int32Array.from(dataset.test, ({ label }) => label),
    dim: 4,
  });
  const kept = openThumbnailCache(import.meta.filename); // a file: nothing can be kept
  const view = (sent: SentThumbnails, gallery: EmbeddingSet | null = null) =>
    evaluationView({
      dataset,
      batchSize: 100,
      step: 3,
      test: embeddings(),
      gallery,
      sent,
      kept,
      onProgress: () => undefined,
    });

  it('names pictures by their content, with path and class of the list; numbers are places among them', async () => {
    const { detail, thumbnails, norms, embeddings: rows, dim } = await view(new Map());
    const images = new Map(dataset.test.map(({ path, label }) => [path, label]));
    for (const { path, label } of detail.pictures) expect(images.get(path)).toBe(label);
    const files = new Map(thumbnails.map(({ sha256, webp }) => [sha256, webp]));
    for (const [sha256, webp] of files) expect(createHash('sha256').update(webp).digest('hex')).toBe(sha256);
    expect(detail.pictures.every(({ sha256 }) => files.has(sha256))).toBe(true);
    expect(detail.map.points).toHaveLength(rows.length / dim);
    expect(norms.counts.reduce((sum, count) => sum + count)).toBe(dataset.test.length);
    for (const { picture, hardness, neighbours } of detail.queries) {
      const label = detail.pictures[picture]?.label;
      expect(neighbours).toHaveLength(10);
      for (const neighbour of neighbours)
        expect(neighbour.right).toBe(detail.pictures[neighbour.picture]?.label === label);
      expect(neighbours[0]?.right).toBe(hardness <= 0);
    }
    const hardest = detail.queries.map(({ hardness }) => hardness).slice(0, 60);
    expect(hardest).toEqual([...hardest].sort((a, b) => b - a));
  });

  it('is bounded, and sends a picture once a run', async () => {
    const sent: SentThumbnails = new Map();
    const first = await view(sent);
    expect(first.detail.map.points.length).toBeLessThanOrEqual(1_000);
    expect(first.detail.queries).toHaveLength(120);
    const second = await view(sent);
    expect(second.thumbnails).toEqual([]);
    expect(second.detail).toEqual(first.detail);
  });
});
