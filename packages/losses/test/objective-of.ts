import { type LossName, lossRecord } from '@spherelab/catalogue';
import { tf } from '@spherelab/tensorflow';
import {
  batchLayout,
  embeddingObjective,
  type LossSettings,
  layoutTensors,
  metricLoss,
  type Objective,
  type Tensor2D,
} from '../src/index.ts';
import { proxiesFor } from './random-batch.ts';

type Tensor = InstanceType<typeof tf.Tensor>;

export type Batch = {
  readonly features: Float32Array;
  readonly dim: number;
  readonly labels: Int32Array;
  readonly instances: number;
  /** [training classes, dim] for a loss that learns these; absent: some. */
  readonly proxies?: Float32Array;
};

export type Measured<Name extends string> = {
  readonly scalars: Readonly<Record<Name, number>>;
  /** Gradient with respect to the features, row-major. */
  readonly grad: Float32Array;
  /** With respect to the proxies; null for a loss that has none. */
  readonly gradProxies: Float32Array | null;
};

export type ObjectiveOptions = {
  readonly loss: LossSettings;
  readonly secWei?: number;
  readonly l2regWei?: number;
  readonly record?: number;
  readonly momentum?: number;
};

function measure<Name extends string>(
  batch: Batch,
  loss: LossName,
  compute: (embeddings: Tensor2D, proxies: Tensor2D | null) => Readonly<Record<Name, Tensor>>,
  minimised: NoInfer<Name>,
): Measured<Name> {
  const { features, dim, labels, proxies = proxiesFor(batch) } = batch;
  let measured: Measured<Name> | null = null;
  tf.tidy(() => {
    const own = lossRecord(loss).proxies ? [tf.tensor2d(proxies, [proxies.length / dim, dim])] : [];
    let scalars = {} as Record<Name, number>;
    const gradients = tf.grads((...[x, vectors]: Tensor[]) => {
      const result = compute(x as Tensor2D, (vectors as Tensor2D | undefined) ?? null);
      const entries = Object.entries(result) as [Name, Tensor][];
      scalars = Object.fromEntries(entries.map(([name, value]) => [name, value.dataSync()[0]])) as Record<Name, number>;
      return result[minimised];
    })([tf.tensor2d(features, [labels.length, dim]), ...own]);
    const [grad, gradProxies = null] = gradients.map((gradient) => gradient.dataSync() as Float32Array);
    measured = { scalars, grad: grad as Float32Array, gradProxies };
  });
  return measured as unknown as Measured<Name>;
}

/** One forward and backward pass of the whole objective. */
export function objectiveOf(batch: Batch, options: ObjectiveOptions): Measured<keyof Objective> {
  const { loss, secWei = 0, l2regWei = 0, record = 0, momentum = 1 } = options;
  const layout = batchLayout(batch.labels, loss.name, batch.instances);
  return measure(
    batch,
    loss.name,
    (x, proxies) =>
      embeddingObjective(
        x,
        layoutTensors(layout),
        loss,
        {
          recordNormMean: tf.scalar(record),
          momentum: tf.scalar(momentum),
          secWeight: secWei === 0 ? null : tf.scalar(secWei),
          l2regWeight: l2regWei === 0 ? null : tf.scalar(l2regWei),
        },
        proxies,
      ),
    'loss_total',
  );
}

/** One forward and backward pass of the metric loss alone. */
export function metricLossOf(batch: Batch, loss: LossSettings): Measured<'loss_metric' | 'avg_ap' | 'avg_an'> {
  const layout = batchLayout(batch.labels, loss.name, batch.instances);
  return measure(
    batch,
    loss.name,
    (x, proxies) => {
      const { loss: value, avgAp, avgAn } = metricLoss(x, layoutTensors(layout), loss, proxies);
      return { loss_metric: value, avg_ap: avgAp, avg_an: avgAn };
    },
    'loss_metric',
  );
}
