import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { classBalancedSampler } from '../src/class-balanced-sampler.ts';
import type { ImageList } from '../src/image-list.ts';

type SamplerCase = {
  readonly instances: number;
  readonly batch_size: number;
  readonly class_sizes: readonly number[];
  readonly images: number;
  readonly length: number;
  readonly batches_drawn: number;
  readonly class_pick_count_mean: number;
  readonly class_pick_count_std: number;
};
type Properties = {
  readonly batch_sampler: readonly SamplerCase[];
  readonly batch_sampler_errors: readonly { instances: number; batch_size: number; classes: number }[];
};

const properties = JSON.parse(
  readFileSync(path.join(goldenRoot(), 'samplers', 'properties.json'), 'utf8'),
) as Properties;
const { batch_sampler: cases, batch_sampler_errors: errors } = properties;

function listOf(classSizes: readonly number[]): ImageList {
  return classSizes.flatMap((size, label) =>
    Array.from({ length: size }, (_, image) => ({ path: `${label}/${image}`, label })),
  );
}

describe.each(cases)('with $instances images a class and golden class sizes', (golden) => {
  const list = listOf(golden.class_sizes);
  const sampler = classBalancedSampler(list, { batchSize: golden.batch_size, instances: golden.instances, seed: 3 });
  const batches = Array.from({ length: golden.batches_drawn }, (_, step) => sampler.batchAt(step));

  test('an epoch has floor(images / batch_size) batches', () => {
    expect(list.length).toBe(golden.images);
    expect(sampler.batchesPerEpoch * golden.batch_size).toBe(golden.length);
  });

  test('classes of a batch are distinct, their images adjacent, and none repeats where the class has enough', () => {
    const violations = batches.filter((batch) => {
      const labels = Array.from(batch, (index) => list[index]?.label as number);
      const groups = Array.from({ length: batch.length / golden.instances }, (_, group) => ({
        labels: new Set(labels.slice(group * golden.instances, (group + 1) * golden.instances)),
        images: new Set(batch.slice(group * golden.instances, (group + 1) * golden.instances)),
      }));
      const repeats = groups.some(({ labels: [label], images }) => {
        return (golden.class_sizes[label as number] as number) >= golden.instances && images.size < golden.instances;
      });
      const isMixed = groups.some((group) => group.labels.size !== 1);
      return repeats || isMixed || new Set(labels).size !== groups.length;
    });
    expect(violations).toEqual([]);
  });

  test('every class is picked about equally often, with the spread that the reference shows', () => {
    const counts = golden.class_sizes.map(() => 0);
    for (const batch of batches) {
      for (let at = 0; at < batch.length; at += golden.instances) {
        const label = list[batch[at] as number]?.label as number;
        counts[label] = (counts[label] as number) + 1;
      }
    }
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    expect(mean).toBeCloseTo(golden.class_pick_count_mean, 9);
    expect(Math.sqrt(variance)).toBeGreaterThan(golden.class_pick_count_std * 0.7);
    expect(Math.sqrt(variance)).toBeLessThan(golden.class_pick_count_std * 1.35);
  });

  test('the batch of a step is the same however often and in whatever order it is asked for', () => {
    const again = classBalancedSampler(list, { batchSize: golden.batch_size, instances: golden.instances, seed: 3 });
    for (const step of [40, 0, 7, 40]) expect(again.batchAt(step)).toEqual(batches[step]);
    const other = classBalancedSampler(list, { batchSize: golden.batch_size, instances: golden.instances, seed: 4 });
    expect(other.batchAt(0)).not.toEqual(batches[0]);
  });
});

test.each(errors)('$classes classes for a batch of $batch_size with $instances each are refused', (golden) => {
  const list = listOf(Array.from({ length: golden.classes }, () => 10));
  const build = (): unknown =>
    classBalancedSampler(list, { batchSize: golden.batch_size, instances: golden.instances, seed: 0 });
  expect(build).toThrow(expect.objectContaining({ name: 'DatasetError', field: 'batch_size' }));
});
