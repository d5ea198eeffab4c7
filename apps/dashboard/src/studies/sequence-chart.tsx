import type { ReactNode } from 'react';
import { ticksBetween } from '../scales/ticks-between.ts';
import { useWidth } from '../scales/use-width.ts';
import { margin, PairAxis } from './pair-axis.tsx';
import { differenceDomain, lastPair, place, shownInterval } from './sequence-scale.ts';
import { type Comparison, effectText, points, signedPoints } from './study-text.ts';

const height = 250;
/** More whiskers than this are a band. */
const mostWhiskers = 40;

/** The mean difference after each pair with the interval that held then; what is open runs to the edge of the picture. */
export function SequenceChart(props: { readonly comparison: Comparison; readonly minEffect: number }) {
  const { comparison, minEffect } = props;
  const { sequence } = comparison;
  const [frame, width] = useWidth<HTMLDivElement>();
  const domain = differenceDomain(sequence, minEffect);
  const last = lastPair(sequence);
  const x = place({ low: 0.5, high: last + 0.5 }, margin.left, width - margin.right);
  const y = place(domain, height - margin.bottom, margin.top);
  const intervals = sequence.map((point) => ({ ...shownInterval(point, domain), at: x(point.n), mean: point.mean }));
  const step = x(2) - x(1);
  return (
    <div ref={frame} className="study-chart">
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${comparison.arm} minus ${comparison.baseline} after each pair; now ${effectText(comparison.effect)}`}
        >
          {ticksBetween(100 * domain.low, 100 * domain.high, 5).map((tick) => (
            <g key={tick}>
              <line x1={margin.left} x2={width - margin.right} y1={y(tick / 100)} y2={y(tick / 100)} className="grid" />
              <text x={margin.left - 8} y={y(tick / 100) + 4} textAnchor="end">
                {tick > 0 ? `+${tick}` : tick}
              </text>
            </g>
          ))}
          <line x1={margin.left} x2={width - margin.right} y1={y(0)} y2={y(0)} className="zero" />
          {minEffect > 0 && (
            <line x1={margin.left} x2={width - margin.right} y1={y(minEffect)} y2={y(minEffect)} className="least" />
          )}
          {intervals.map(({ at, low, high }) => (
            <rect key={at} x={at - step / 2} width={step} y={y(high)} height={y(low) - y(high)} className="band" />
          ))}
          {sequence.length <= mostWhiskers && intervals.map((one) => <Whisker key={one.at} interval={one} y={y} />)}
          {intervals.length > 1 && (
            <polyline points={intervals.map(({ at, mean }) => `${at},${y(mean)}`).join(' ')} className="mean" />
          )}
          {sequence.length <= mostWhiskers &&
            sequence.map((point) => (
              <circle key={point.n} cx={x(point.n)} cy={y(point.mean)} r={3.5} className="mean-dot">
                <title>{effectText(point)}</title>
              </circle>
            ))}
          <PairAxis last={last} x={x} width={width} height={height} />
        </svg>
      )}
      <p className="legend">
        <Key name="mean">mean difference, points</Key>
        <Key name="band">interval; without a cap there is no bound yet</Key>
        <Key name="zero">no difference</Key>
        {minEffect > 0 && <Key name="least">smallest gain that counts, {signedPoints(minEffect)}</Key>}
      </p>
      <span className="hidden-text">
        {sequence.length === 0
          ? 'No pair has ended yet.'
          : `Means: ${sequence.map(({ mean }) => points(mean)).join(', ')}`}
      </span>
    </div>
  );
}

function Whisker(props: {
  readonly interval: ReturnType<typeof shownInterval> & { readonly at: number };
  readonly y: (value: number) => number;
}) {
  const { at, low, high, isLowOpen, isHighOpen } = props.interval;
  const [top, bottom] = [props.y(high), props.y(low)];
  return (
    <g className="whisker">
      <line x1={at} x2={at} y1={top} y2={bottom} strokeDasharray={isLowOpen && isHighOpen ? '3 3' : undefined} />
      {!isHighOpen && <line x1={at - 4} x2={at + 4} y1={top} y2={top} />}
      {!isLowOpen && <line x1={at - 4} x2={at + 4} y1={bottom} y2={bottom} />}
    </g>
  );
}

function Key({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <span>
      <svg width="18" height="10" aria-hidden="true">
        {name === 'band' ? (
          <rect width="18" height="10" className="band" />
        ) : (
          <line x1="0" x2="18" y1="5" y2="5" className={name} />
        )}
      </svg>
      <span>{children}</span>
    </span>
  );
}
