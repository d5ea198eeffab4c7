import { equalsNaiveLoops, type NaiveLoss } from './equals-naive-loops.ts';
import { mean, negativesOf, pairsOf, squaredDistance } from './naive-rows.ts';

const semihardTriplet: NaiveLoss<'semihtriplet'> = (rows, { margin }) =>
  mean(
    pairsOf(rows).map(([a, p]) => {
      const positive = squaredDistance(a.x, p.x);
      const negatives = negativesOf(a, rows).map((n) => squaredDistance(a.x, n.x));
      const outside = negatives.filter((d) => d > positive);
      let mined = Math.min(...rows.map((n) => squaredDistance(a.x, n.x)));
      if (negatives.length > 0) mined = outside.length > 0 ? Math.min(...outside) : Math.max(...negatives);
      return Math.max(0, margin + positive - mined);
    }),
  );

equalsNaiveLoops('semihtriplet', semihardTriplet, [{ margin: 0.7 }]);
