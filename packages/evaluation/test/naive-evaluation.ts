/** Every measure as plain loops in float64, written from its definition. */
import type { EmbeddingSet } from '../src/index.ts';

type Row = { readonly unit: readonly number[]; readonly label: number; readonly index: number };

function rowsOf({ embeddings, labels, dim }: EmbeddingSet): Row[] {
  return Array.from(labels, (label, index) => {
    const row = [...embeddings.subarray(index * dim, (index + 1) * dim)];
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    return { unit: row.map((value) => value / norm), label, index };
  });
}

function cosine(a: Row, b: Row): number {
  return a.unit.reduce((sum, value, k) => sum + value * (b.unit[k] as number), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The reference's recall: self counts as a positive of similarity (cosine - 1); ties favour the query. */
export function naiveRecall(query: EmbeddingSet, gallery: EmbeddingSet | null, k: number): number {
  const candidates = rowsOf(gallery ?? query);
  const hits = rowsOf(query).map((q) => {
    const similarities = candidates.map((c) => cosine(q, c) - (gallery === null && c.index === q.index ? 1 : 0));
    const best = Math.max(...similarities.filter((_, i) => candidates[i]?.label === q.label));
    return similarities.filter((s) => s > best).length < k ? 1 : 0;
  });
  return mean(hits);
}

/** MAP@R and R-precision: self is no candidate, and queries without another row of their class are left out. */
export function naiveAtR(query: EmbeddingSet, gallery: EmbeddingSet | null): { map: number; precision: number } {
  const answered = rowsOf(query).flatMap((q) => {
    const ranked = rowsOf(gallery ?? query)
      .filter((c) => gallery !== null || c.index !== q.index)
      .sort((a, b) => cosine(q, b) - cosine(q, a));
    const relevant = ranked.filter((c) => c.label === q.label).length;
    if (relevant === 0) return [];
    const nearest = ranked.slice(0, relevant).map((c) => (c.label === q.label ? 1 : 0));
    const precisions = nearest.map((hit, i) => hit * mean(nearest.slice(0, i + 1)));
    return [{ map: mean(precisions), precision: mean(nearest) }];
  });
  return { map: mean(answered.map(({ map }) => map)), precision: mean(answered.map(({ precision }) => precision)) };
}

export function naiveNmi(assignment: readonly number[], labels: readonly number[]): number {
  const n = labels.length;
  const share = (keep: (row: number) => boolean): number => labels.filter((_, row) => keep(row)).length / n;
  const clusters = [...new Set(assignment)];
  const classes = [...new Set(labels)];
  const entropy = (shares: number[]): number => -shares.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
  const p = clusters.map((c) => share((row) => assignment[row] === c));
  const q = classes.map((c) => share((row) => labels[row] === c));
  const joint = clusters.flatMap((c) => classes.map((d) => share((row) => assignment[row] === c && labels[row] === d)));
  const information = entropy(p) + entropy(q) - entropy(joint);
  return (2 * information) / (entropy(p) + entropy(q));
}

export function naiveF1(assignment: readonly number[], labels: readonly number[]): number {
  let both = 0;
  let clusterOnly = 0;
  let classOnly = 0;
  for (let i = 0; i < labels.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const sameCluster = assignment[i] === assignment[j];
      const sameClass = labels[i] === labels[j];
      if (sameCluster && sameClass) both += 1;
      else if (sameCluster) clusterOnly += 1;
      else if (sameClass) classOnly += 1;
    }
  }
  const precision = both / (both + clusterOnly);
  const recall = both / (both + classOnly);
  return (2 * precision * recall) / (precision + recall);
}

/** Sum of squared distances of rows to the mean of their cluster. */
export function naiveInertia({ embeddings, labels, dim }: EmbeddingSet, assignment: Int32Array): number {
  let total = 0;
  for (const cluster of new Set(assignment)) {
    const members = Array.from(labels.keys()).filter((row) => assignment[row] === cluster);
    for (let k = 0; k < dim; k += 1) {
      const values = members.map((row) => embeddings[row * dim + k] as number);
      const centre = mean(values);
      total += values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
    }
  }
  return total;
}
