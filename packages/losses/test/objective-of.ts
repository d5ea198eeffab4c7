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

export type Batch = {
  readonly features: Float32Array;
  readonly dim: number;
  readonly labels: Int32Array;
  readonly instances: number;
};

export type Measured<Name extends string> = {
  readonly scalars: Readonly<Record<Name, number>>;
  /** Gradient with respect to the features, row-major. */
  readonly grad: Float32Array;
};

export type ObjectiveOptions = {
  readonly loss: LossSettings;
  readonly secWei?: number;
  readonly l2regWei?: number;
  readonly record?: number;
  readonly momentum?: number;
};

function measure<Name extends string>(
  { features, dim, labels }: Batch,
  compute: (embeddings: Tensor2D) => Readonly<Record<Name, InstanceType<typeof tf.Tensor>>>,
  minimised: Name,
): Measured<Name> {
  return tf.tidy(() => {
    const embeddings = tf.tensor2d(features, [labels.length, dim]);
    let scalars = {} as Record<Name, number>;
    const gradient = tf.grad((x) => {
      const result = compute(x as Tensor2D);
      const entries = Object.entries(result) as [Name, InstanceType<typeof tf.Tensor>][];
      scalars = Object.fromEntries(entries.map(([name, value]) => [name, value.dataSync()[0]])) as Record<Name, number>;
      return result[minimised];
    })(embeddings);
    return { scalars, grad: gradient.dataSync() as Float32Array };
  });
}

/** One forward and backward pass of the whole objective. */
export function objectiveOf(batch: Batch, options: ObjectiveOptions): Measured<keyof Objective> {
  const { loss, secWei = 0, l2regWei = 0, record = 0, momentum = 1 } = options;
  const layout = batchLayout(batch.labels, loss.name, batch.instances);
  return measure(
    batch,
    (x) =>
      embeddingObjective(
        x,
        layoutTensors(layout),
        { loss, secWei, l2regWei },
        { recordNormMean: tf.scalar(record), momentum: tf.scalar(momentum), secShare: null },
      ),
    'loss_total',
  );
}

/** One forward and backward pass of the metric loss alone. */
export function metricLossOf(batch: Batch, loss: LossSettings): Measured<'loss_metric' | 'avg_ap' | 'avg_an'> {
  const layout = batchLayout(batch.labels, loss.name, batch.instances);
  return measure(
    batch,
    (x) => {
      const { loss: value, avgAp, avgAn } = metricLoss(x, layoutTensors(layout), loss);
      return { loss_metric: value, avg_ap: avgAp, avg_an: avgAn };
    },
    'loss_metric',
  );
}
