import { type LossName, lossNames, lossRecord } from '@spherelab/catalogue';
import { tf } from '@spherelab/tensorflow';
import { expect, it } from 'vitest';
import { lossSettings } from '../../../test/loss-settings.ts';
import { batchLayout, layoutTensors, metricLoss } from '../src/index.ts';
import { proxyTerms } from '../src/proxy-terms.ts';

const labels = Int32Array.from([3, 0, 3, 1]);
const learning = lossNames.filter((name) => lossRecord(name).proxies);
const others = lossNames.filter((name) => !lossRecord(name).proxies);

it('compares each row with every proxy and marks its own', () => {
  tf.tidy(() => {
    const unit = tf.tensor2d([1, 0, 0, 1, 0.6, 0.8, -1, 0], [4, 2]);
    const proxies = tf.tensor2d([2, 0, 0, 3, 3, 4, 0, -1], [4, 2]);
    const layout = { labels: tf.tensor1d(labels, 'int32') };
    const { cosines, own } = proxyTerms({ unit, layout, proxies } as unknown as Parameters<typeof proxyTerms>[0]);
    const expected = [1, 0, 0.6, 0, 0, 1, 0.8, -1, 0.6, 0.8, 1, -0.8, -1, 0, -0.6, 0];
    expect([...cosines.dataSync()]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
    expect(own.arraySync()).toEqual([
      [0, 0, 0, 1],
      [1, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 1, 0, 0],
    ]);
  });
});

it.each(learning)('%s refuses to run without proxies', (name: LossName) => {
  const before = tf.memory().numTensors;
  const layout = batchLayout(labels, name, 2);
  const attempt = () => tf.tidy(() => metricLoss(tf.ones([4, 2]), layoutTensors(layout), lossSettings[name]));
  expect(attempt).toThrow('this loss needs proxies and labels');
  expect(tf.memory().numTensors).toBe(before);
});

it('no other loss has labels among its inputs', () => {
  for (const name of others) {
    expect(batchLayout(Int32Array.from([3, 3, 1, 1]), name, 2), name).not.toHaveProperty('labels');
  }
});
