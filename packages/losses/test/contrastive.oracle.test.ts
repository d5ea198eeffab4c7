import { equalsNaiveLoops, type NaiveLoss } from './equals-naive-loops.ts';
import { meanOfPositive, negativesOf, pairsOf, squaredDistance } from './naive-rows.ts';

const contrastive: NaiveLoss<'contrastive'> = (rows, { pos_margin, neg_margin }) => {
  const far = pairsOf(rows).map(([a, p]) => Math.sqrt(squaredDistance(a.x, p.x)) - pos_margin);
  const near = rows.flatMap((a) => negativesOf(a, rows).map((n) => neg_margin - Math.sqrt(squaredDistance(a.x, n.x))));
  return meanOfPositive(far) + meanOfPositive(near);
};

equalsNaiveLoops('contrastive', contrastive, [{ pos_margin: 0.3, neg_margin: 1.4 }]);
