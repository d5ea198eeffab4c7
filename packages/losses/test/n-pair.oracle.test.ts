import { equalsNaiveLoops, type NaiveLoss } from './equals-naive-loops.ts';
import { dot, mean, type Row, sum } from './naive-rows.ts';

const nPair: NaiveLoss<'n-npair'> = (rows, { scale }) => {
  const labels = [...new Set(rows.map(({ label }) => label))].sort((a, b) => a - b);
  const members = labels.map((label) => rows.filter((row) => row.label === label));
  return mean(
    members.map(([anchor], i) => {
      const logits = members.map(([, positive]) => scale ** 2 * dot((anchor as Row).x, (positive as Row).x));
      return Math.log(sum(logits.map(Math.exp))) - (logits[i] as number);
    }),
  );
};

equalsNaiveLoops('n-npair', nPair, [{ scale: 2 }]);
