import { equalsNaiveLoops, type NaiveLoss } from './equals-naive-loops.ts';
import { dot, type Row, sum } from './naive-rows.ts';

const multiSimilarity: NaiveLoss<'ms'> = (rows, { alpha, beta, base, margin }) => {
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
    total += Math.log(1 + sum(positives.map((s) => Math.exp(-alpha * (s - base))))) / alpha;
    total += Math.log(1 + sum(negatives.map((s) => Math.exp(beta * (s - base))))) / beta;
  }
  return total / rows.length;
};

equalsNaiveLoops('ms', multiSimilarity, [{ alpha: 3, beta: 12, base: 0.3, margin: 0.25 }]);
