import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lossNames, lossRecord } from '@spherelab/catalogue';
import { createGraphBuilder, type Feed, openGraphSession, tf, traceOps } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { deviation, maxAbsDifference } from '../../../test/golden-reader.ts';
import { lossSettings } from '../../../test/loss-settings.ts';
import { batchLayout, type LayoutTensors, layoutTensors, metricLoss, type Tensor2D } from '../src/index.ts';
import { metricLossOf } from './objective-of.ts';
import { proxiesFor, randomBatch } from './random-batch.ts';

type Tensor = InstanceType<typeof tf.Tensor>;

const shape = { classes: 4, instances: 3, dim: 6 };
/** What the graph is recorded on, and what it is then run with: other rows in another order of classes. */
const [recorded, batch] = [randomBatch(shape, 3), randomBatch(shape, 12)] as const;
batch.labels.reverse();
batch.features.reverse();

describe('a loss recorded on one batch gives the value and gradients of another', () => {
  it.each(lossNames)('%s', (name) => {
    const loss = lossSettings[name];
    const proxies = proxiesFor(batch);
    const proxiesShape = [proxies.length / shape.dim, shape.dim] as [number, number];
    const graph = createGraphBuilder();
    tf.tidy(() => {
      const rows = tf.tensor2d(recorded.features, [12, shape.dim]);
      const vectors = lossRecord(name).proxies ? [tf.zeros<typeof tf.Rank.R2>(proxiesShape).add(1)] : [];
      const layout = layoutTensors(batchLayout(recorded.labels, name, shape.instances));
      const nodes = new Map<Tensor, string>([[rows, graph.placeholder('rows', 'float32', rows.shape)]]);
      for (const tensor of vectors) nodes.set(tensor, graph.placeholder('proxies', 'float32', tensor.shape));
      for (const [part, tensor] of Object.entries(layout) as [keyof LayoutTensors, Tensor][]) {
        nodes.set(tensor, graph.placeholder(part, 'int32', tensor.shape));
      }
      const { result, nodeOf } = traceOps(graph, nodes, () =>
        tf.valueAndGrads((...[x, own]: Tensor[]) =>
          metricLoss(x as Tensor2D, layout, loss, (own as Tensor2D | undefined) ?? null).loss.asScalar(),
        )([rows, ...vectors]),
      );
      graph.output('value', nodeOf(result.value));
      result.grads.forEach((gradient, index) => {
        graph.output(`gradient_${index}`, nodeOf(gradient));
      });
    });

    const { classes, labels, positives, width, firsts, seconds } = batchLayout(batch.labels, name, shape.instances);
    const feeds: Record<string, Feed> = {
      rows: { values: batch.features, shape: [12, shape.dim] },
      classes: { values: classes, shape: [12] },
      positives: { values: positives, shape: [12, width] },
      firsts: { values: firsts, shape: [firsts.length] },
      seconds: { values: seconds, shape: [seconds.length] },
    };
    if (labels !== undefined) {
      feeds.labels = { values: labels, shape: [12] };
      feeds.proxies = { values: proxies, shape: proxiesShape };
    }
    const outputs = ['value', 'gradient_0', ...(labels === undefined ? [] : ['gradient_1'])];
    const folder = mkdtempSync(path.join(tmpdir(), 'spherelab-loss-'));
    try {
      writeFileSync(path.join(folder, 'saved_model.pb'), graph.encode());
      const session = openGraphSession(folder);
      const [value, grad, gradProxies] = session.run(feeds, outputs);
      session.close();
      const eager = metricLossOf(batch, loss);
      expect(deviation(value?.[0] as number, eager.scalars.loss_metric, { relative: 1e-6 })).toBeNull();
      expectSame(grad as Float32Array, eager.grad);
      if (eager.gradProxies !== null) expectSame(gradProxies as Float32Array, eager.gradProxies);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function expectSame(actual: Float32Array, expected: Float32Array): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(maxAbsDifference(actual, expected)).toBeLessThanOrEqual(1e-6 * largest);
}
