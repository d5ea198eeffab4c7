import { type Dataset, openDataset } from '@spherelab/datasets';
import { tf } from '@spherelab/tensorflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluateNetwork, type NetworkEvaluation } from '../src/evaluate-network.ts';
import { imagesOf, pictureBatches } from '../src/run-inputs.ts';

describe('what is measured when', () => {
  let shapes: Dataset;

  beforeAll(async () => {
    shapes = await openDataset({ dataRoot: null, name: 'shapes', imageSize: 16 });
  });
  afterAll(() => shapes.close());

  /** Generated pictures under the name of another data set, embedded by their pooled colours. */
  async function measure(
    name: string,
    isFinal: boolean,
    goOn: () => boolean = () => true,
    withGallery = false,
  ): Promise<NetworkEvaluation | null> {
    const test = shapes.test.filter((_, at) => at % 20 === 0);
    const train = shapes.train.filter((_, at) => at % 20 === 0);
    const gallery = withGallery ? shapes.test.filter((_, at) => at % 20 === 1) : null;
    const dataset = { ...shapes, name, test, train, gallery };
    return evaluateNetwork({
      dataset,
      list: (part) => pictureBatches(dataset, imagesOf(dataset, part), 32),
      batchSize: 32,
      embed: (pixels) =>
        tf.tidy(() => {
          const side = shapes.imageSize;
          const images = tf.tensor4d(Float32Array.from(pixels), [32, side, side, 3]);
          return tf.avgPool(images, 4, 4, 'valid').reshape([32, -1]).dataSync<'float32'>();
        }),
      step: 7,
      isFinal,
      embedWithFeatures: null,
      withColourHistogram: false,
      goOn: async () => goOn(),
      onProgress: () => undefined,
    });
  }

  const names = async (name: string, isFinal: boolean, withGallery = false) =>
    Object.keys((await measure(name, isFinal, undefined, withGallery))?.summary.metrics ?? {});
  const recalls = (prefix: string, ks: readonly number[]) => ks.map((k) => `${prefix}recall_at_${k}`);

  test('CUB, Cars and small folders: clustering and training recall at every evaluation, for every K', async () => {
    for (const name of ['cub', 'cars', 'mine']) {
      const measured = await names(name, false);
      const ks = [1, 2, 4, 8, 16, 32];
      expect(measured).toEqual(
        expect.arrayContaining(['nmi', 'ami', 'f1', ...recalls('', ks), ...recalls('train_', ks)]),
      );
      expect(await names(name, true)).toEqual(measured);
    }
  });

  test('SOP: NMI, F1 and training recall after training only; absent before, not 0', async () => {
    const during = await names('SOP', false);
    expect(during).toEqual(expect.arrayContaining(recalls('', [1, 10, 100, 1000])));
    expect(during.filter((name) => name.startsWith('train_') || ['nmi', 'ami', 'f1'].includes(name))).toEqual([]);
    const after = await names('SOP', true);
    expect(after).toEqual(expect.arrayContaining(['nmi', 'ami', 'f1', ...recalls('train_', [1, 10, 100, 1000])]));
  });

  test('In-Shop: queries against the gallery, neither clustering nor training recall, not even at the end', async () => {
    const measured = await names('inshop', true, true);
    expect(measured).toEqual(expect.arrayContaining(recalls('', [1, 10, 20, 30, 40, 50])));
    expect(measured.filter((name) => name.startsWith('train_') || ['nmi', 'ami', 'f1'].includes(name))).toEqual([]);
  });

  test('training recall is that of the training images, and nothing leaks', async () => {
    const before = tf.memory().numTensors;
    const measured = await measure('cub', true);
    expect(tf.memory().numTensors).toBe(before);
    expect(measured?.summary.metrics.train_recall_at_1).toBeGreaterThan(0);
    expect(measured?.summary.metrics.train_recall_at_1).not.toBe(measured?.summary.metrics.recall_at_1);
  });

  test('stops when told to, in the training images too', async () => {
    const testBatches = Math.ceil(shapes.test.filter((_, at) => at % 20 === 0).length / 32);
    let asked = 0;
    expect(
      await measure('cub', true, () => {
        asked += 1;
        return asked <= testBatches;
      }),
    ).toBeNull();
    expect(asked).toBe(testBatches + 1);
  });
});
