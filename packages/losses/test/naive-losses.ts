/** The four losses as plain loops in float64, written from the formulas: slow, and independent of the tensor code. */
import type { LossSettings } from '../src/index.ts';

export type Rows = readonly (readonly number[])[];

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
}

export function norm(row: readonly number[]): number {
  return Math.sqrt(dot(row, row));
}

function unitRows(rows: Rows): Rows {
  return rows.map((row) => row.map((value) => value / norm(row)));
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  return Math.max(1e-12, dot(a, a) + dot(b, b) - 2 * dot(a, b));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

type Row = { readonly x: readonly number[]; readonly label: number; readonly index: number };

function pairsOf(rows: readonly Row[]): [Row, Row][] {
  return rows.flatMap((a) =>
    rows.filter((p) => p.label === a.label && p.index !== a.index).map((p): [Row, Row] => [a, p]),
  );
}

function triplet(rows: readonly Row[], margin: number): number {
  return mean(
    pairsOf(rows).flatMap(([a, p]) =>
      rows
        .filter((n) => n.label !== a.label)
        .map((n) => Math.max(0, margin + squaredDistance(a.x, p.x) - squaredDistance(a.x, n.x))),
    ),
  );
}

function semihardTriplet(rows: readonly Row[], margin: number): number {
  return mean(
    pairsOf(rows).map(([a, p]) => {
      const positive = squaredDistance(a.x, p.x);
      const negatives = rows.filter((n) => n.label !== a.label).map((n) => squaredDistance(a.x, n.x));
      const outside = negatives.filter((d) => d > positive);
      let mined = Math.min(...rows.map((n) => squaredDistance(a.x, n.x)));
      if (negatives.length > 0) mined = outside.length > 0 ? Math.min(...outside) : Math.max(...negatives);
      return Math.max(0, margin + positive - mined);
    }),
  );
}

function nPair(rows: readonly Row[], scale: number): number {
  const labels = [...new Set(rows.map(({ label }) => label))].sort((a, b) => a - b);
  const members = labels.map((label) => rows.filter((row) => row.label === label));
  return mean(
    members.map(([anchor], i) => {
      const logits = members.map(([, positive]) => scale ** 2 * dot((anchor as Row).x, (positive as Row).x));
      return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - (logits[i] as number);
    }),
  );
}

function multiSimilarity(rows: readonly Row[], { alpha, beta, base, margin }: LossSettings & { name: 'ms' }): number {
  let total = 0;
  for (const anchor of rows) {
    const similar = (row: Row): number => dot(anchor.x, row.x);
    const unminedPositives = rows
      .filter((row) => row.label === anchor.label)
      .map(similar)
      .filter((s) => s < 1 - 1e-5);
    const unminedNegatives = rows.filter((row) => row.label !== anchor.label).map(similar);
    if (unminedPositives.length === 0 || unminedNegatives.length === 0) continue;
    const positives = unminedPositives.filter((s) => s - margin < Math.max(...unminedNegatives));
    const negatives = unminedNegatives.filter((s) => s + margin > Math.min(...unminedPositives));
    if (positives.length === 0 || negatives.length === 0) continue;
    total += Math.log(1 + positives.reduce((sum, s) => sum + Math.exp(-alpha * (s - base)), 0)) / alpha;
    total += Math.log(1 + negatives.reduce((sum, s) => sum + Math.exp(beta * (s - base)), 0)) / beta;
  }
  return total / rows.length;
}

/** The metric loss of raw rows. */
export function naiveLoss(embeddings: Rows, labels: readonly number[], settings: LossSettings): number {
  const rows = unitRows(embeddings).map((x, index) => ({ x, index, label: labels[index] as number }));
  switch (settings.name) {
    case 'triplet':
      return triplet(rows, settings.margin);
    case 'semihtriplet':
      return semihardTriplet(rows, settings.margin);
    case 'n-npair':
      return nPair(rows, settings.scale);
    case 'ms':
      return multiSimilarity(rows, settings);
  }
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
