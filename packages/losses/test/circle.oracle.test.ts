import { equalsNaiveLoops, type NaiveLoss } from './equals-naive-loops.ts';
import { dot, meanOfPositive, negativesOf, positivesOf, type Row, sum } from './naive-rows.ts';

const circle: NaiveLoss<'circle'> = (rows, { margin, scale }, _, unmoved) =>
  meanOfPositive(
    rows.map((anchor) => {
      const cosine = (row: Row): number => dot(anchor.x, row.x);
      // The weights are constant to the gradient.
      const weighing = (row: Row): number => dot((unmoved[anchor.index] as Row).x, (unmoved[row.index] as Row).x);
      const pull = positivesOf(anchor, rows).map((p) =>
        Math.exp(-scale * Math.max(0, 1 + margin - weighing(p)) * (cosine(p) - (1 - margin))),
      );
      const push = negativesOf(anchor, rows).map((n) =>
        Math.exp(scale * Math.max(0, weighing(n) + margin) * (cosine(n) - margin)),
      );
      return Math.log(1 + sum(pull) * sum(push));
    }),
  );

equalsNaiveLoops('circle', circle, [{ margin: 0.25, scale: 12 }]);
