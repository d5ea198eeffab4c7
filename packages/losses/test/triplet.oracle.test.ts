import { equalsNaiveLoops, type NaiveLoss } from './equals-naive-loops.ts';
import { mean, negativesOf, pairsOf, squaredDistance } from './naive-rows.ts';

const triplet: NaiveLoss<'triplet'> = (rows, { margin }) =>
  mean(
    pairsOf(rows).flatMap(([a, p]) =>
      negativesOf(a, rows).map((n) => Math.max(0, margin + squaredDistance(a.x, p.x) - squaredDistance(a.x, n.x))),
    ),
  );

equalsNaiveLoops('triplet', triplet, [{ margin: 0.3 }]);
