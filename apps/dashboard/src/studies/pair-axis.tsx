import { pairTicks } from './sequence-scale.ts';

/** Room around the charts of a study, in pixels; the same for all, so that pairs stand above each other. */
export const margin = { top: 10, right: 12, bottom: 38, left: 48 };

/** Numbers of pairs under a chart of them. */
export function PairAxis(props: {
  readonly last: number;
  readonly x: (pair: number) => number;
  readonly width: number;
  readonly height: number;
}) {
  const { last, x, width, height } = props;
  return (
    <>
      {pairTicks(last, width / 40).map((pair) => (
        <text key={pair} x={x(pair)} y={height - 22} textAnchor="middle">
          {pair}
        </text>
      ))}
      <text x={width - margin.right} y={height - 5} textAnchor="end">
        pairs
      </text>
    </>
  );
}
