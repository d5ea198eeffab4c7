import { EvaluationError } from './evaluation-error.ts';

/** How often each cluster meets each class. */
export type Contingency = {
  readonly total: number;
  readonly clusters: readonly number[];
  readonly classes: readonly number[];
  /** Non-empty cells only: how many rows, and the sizes of their cluster and class. */
  readonly cells: readonly { readonly count: number; readonly cluster: number; readonly class: number }[];
};

function numbered(ids: Int32Array): { readonly index: Int32Array; readonly sizes: number[] } {
  const known = new Map<number, number>();
  const sizes: number[] = [];
  const index = ids.map((id) => {
    const at = known.get(id) ?? known.set(id, known.size).size - 1;
    sizes[at] = (sizes[at] ?? 0) + 1;
    return at;
  });
  return { index, sizes };
}

/** Counts an assignment against labels; ids may be any integers. Throws EvaluationError for other lengths or no rows. */
export function contingency(assignment: Int32Array, labels: Int32Array): Contingency {
  if (assignment.length !== labels.length) {
    throw new EvaluationError('shape_mismatch', `${assignment.length} assignments for ${labels.length} labels`);
  }
  if (labels.length === 0) throw new EvaluationError('empty', 'there are no rows to compare');
  const clusters = numbered(assignment);
  const classes = numbered(labels);
  const counts = new Map<number, number>();
  clusters.index.forEach((cluster, row) => {
    const cell = cluster * classes.sizes.length + (classes.index[row] as number);
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  });
  const cells = [...counts].map(([cell, count]) => ({
    count,
    cluster: clusters.sizes[Math.floor(cell / classes.sizes.length)] as number,
    class: classes.sizes[cell % classes.sizes.length] as number,
  }));
  return { total: labels.length, clusters: clusters.sizes, classes: classes.sizes, cells };
}
