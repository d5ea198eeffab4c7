/** What a loss is made of, as plain loops in float64: slow, and independent of the tensor code. */
export type Rows = readonly (readonly number[])[];

/** A row of a batch, divided by its norm. */
export type Row = { readonly x: readonly number[]; readonly label: number; readonly index: number };

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
}

export function norm(row: readonly number[]): number {
  return Math.sqrt(dot(row, row));
}

export function unitRows(rows: Rows): Rows {
  return rows.map((row) => row.map((value) => value / norm(row)));
}

export function squaredDistance(a: readonly number[], b: readonly number[]): number {
  return Math.max(1e-12, dot(a, a) + dot(b, b) - 2 * dot(a, b));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** The mean of the values above 0; none: 0. */
export function meanOfPositive(values: readonly number[]): number {
  const positive = values.filter((value) => value > 0);
  return positive.length === 0 ? 0 : mean(positive);
}

/** The other rows of the same class. */
export function positivesOf(anchor: Row, rows: readonly Row[]): Row[] {
  return rows.filter((row) => row.label === anchor.label && row.index !== anchor.index);
}

export function negativesOf(anchor: Row, rows: readonly Row[]): Row[] {
  return rows.filter((row) => row.label !== anchor.label);
}

/** Ordered pairs (anchor, positive). */
export function pairsOf(rows: readonly Row[]): [Row, Row][] {
  return rows.flatMap((a) => positivesOf(a, rows).map((p): [Row, Row] => [a, p]));
}

/** mean (|f| - record)^2 of raw rows. */
export function naiveSec(embeddings: Rows, record: number): number {
  return mean(embeddings.map((row) => (norm(row) - record) ** 2));
}

/** Central differences of `f` in every entry. */
export function numericalGradient(rows: Rows, f: (rows: Rows) => number, step = 1e-5): number[] {
  return rows.flatMap((row, i) =>
    row.map((_, k) => {
      const moved = (by: number): Rows =>
        rows.map((other, j) => (j === i ? other.map((value, l) => (l === k ? value + by : value)) : other));
      return (f(moved(step)) - f(moved(-step))) / (2 * step);
    }),
  );
}
