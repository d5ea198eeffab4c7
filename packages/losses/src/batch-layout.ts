import { type LossName, lossRecord } from '@spherelab/catalogue';
import { tf } from '@spherelab/tensorflow';
import { BatchCompositionError, type BatchCompositionIssue } from './batch-composition-error.ts';
import type { Tensor1D, Tensor2D } from './tensor-types.ts';

/**
 * Which rows of a batch belong together, worked out in JS from the labels, so that a step has no data-dependent control
 * flow. A batch of `instances` rows for each class always gives the same shapes: the tensors are feeds of one graph.
 */
export type BatchLayout = {
  /** [batch], the class of each row, 0 .. classes - 1 in ascending order of the labels. */
  readonly classes: Int32Array;
  /** [batch], the class of each row in the training set; only for a loss that learns a vector for each of these. */
  readonly labels?: Int32Array;
  /** [batch, width], the other rows of the same class in batch order, padded with -1; at least one column. */
  readonly positives: Int32Array;
  readonly width: number;
  /** [classes], the first row of each class in ascending order of the labels. */
  readonly firsts: Int32Array;
  /** [classes], its second row; -1 for a class with one row only. */
  readonly seconds: Int32Array;
};

/** The layout as int32 tensors of the same shapes. */
export type LayoutTensors = {
  readonly classes: Tensor1D;
  readonly labels?: Tensor1D;
  readonly positives: Tensor2D;
  readonly firsts: Tensor1D;
  readonly seconds: Tensor1D;
};

function rowsByClass(labels: Int32Array): number[][] {
  const rows = new Map<number, number[]>();
  labels.forEach((label, row) => {
    const known = rows.get(label);
    if (known === undefined) rows.set(label, [row]);
    else known.push(row);
  });
  return [...rows].sort(([a], [b]) => a - b).map(([, members]) => members);
}

function describe(sizes: readonly number[]): string {
  return `${sizes.length} ${sizes.length === 1 ? 'class' : 'classes'} of ${[...new Set(sizes)].join(', ')} rows`;
}

/** What the loss cannot take about these class sizes, or null. */
function findIssue(loss: LossName, sizes: readonly number[], instances: number): BatchCompositionIssue | null {
  const { composition } = lossRecord(loss);
  if (composition === 'instances') {
    if (instances < 2) return { field: 'instances', value: instances, allowed: '2 or more' };
    if (sizes.length >= 2 && sizes.every((size) => size === instances)) return null;
    return { field: 'labels', value: describe(sizes), allowed: `2 or more classes of exactly ${instances} rows each` };
  }
  if (composition === 'equal') {
    if ((sizes[0] ?? 0) >= 2 && sizes.every((size) => size === sizes[0])) return null;
    return { field: 'labels', value: describe(sizes), allowed: 'classes of the same size, 2 or more rows each' };
  }
  return null;
}

/**
 * The layout of a batch with these labels. Throws BatchCompositionError where the loss needs another composition, as its
 * record in the catalogue says.
 */
export function batchLayout(labels: Int32Array, loss: LossName, instances: number): BatchLayout {
  if (labels.length === 0)
    throw new BatchCompositionError(loss, { field: 'labels', value: 'empty', allowed: '1 or more rows' });
  const members = rowsByClass(labels);
  const sizes = members.map((rows) => rows.length);
  const issue = findIssue(loss, sizes, instances);
  if (issue !== null) throw new BatchCompositionError(loss, issue);

  const width = Math.max(1, Math.max(...sizes) - 1);
  const classes = new Int32Array(labels.length);
  const positives = new Int32Array(labels.length * width).fill(-1);
  members.forEach((rows, index) => {
    for (const row of rows) {
      classes[row] = index;
      positives.set(
        rows.filter((other) => other !== row),
        row * width,
      );
    }
  });
  const firsts = Int32Array.from(members, (rows) => rows[0] ?? -1);
  const seconds = Int32Array.from(members, (rows) => rows[1] ?? -1);
  const own = lossRecord(loss).proxies ? { labels } : {};
  return { classes, ...own, positives, width, firsts, seconds };
}

/** The layout on the device; the caller disposes. */
export function layoutTensors(layout: BatchLayout): LayoutTensors {
  return {
    classes: tf.tensor1d(layout.classes, 'int32'),
    ...(layout.labels === undefined ? {} : { labels: tf.tensor1d(layout.labels, 'int32') }),
    positives: tf.tensor2d(layout.positives, [layout.classes.length, layout.width], 'int32'),
    firsts: tf.tensor1d(layout.firsts, 'int32'),
    seconds: tf.tensor1d(layout.seconds, 'int32'),
  };
}
