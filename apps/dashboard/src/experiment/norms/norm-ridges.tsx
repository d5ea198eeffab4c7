import type { EvaluationNorms } from '../../api/types.ts';
import { ticksBetween } from '../../scales/ticks-between.ts';

export type NormDomain = { readonly low: number; readonly high: number };

const width = 520;
const ridgeGap = 26;
const ridgeHeight = 44;
const left = 54;
const right = 62;
const most = 18;

type Histogram = EvaluationNorms['norms'];

/** One histogram of norms for each evaluation, the untrained network on top: how their spread changes over training. */
export function NormRidges(props: {
  readonly evaluations: readonly EvaluationNorms[];
  readonly domain: NormDomain;
  readonly isRelative: boolean;
  readonly colour: string;
  readonly label: string;
}) {
  const shown = thin(props.evaluations);
  const height = ridgeHeight + ridgeGap * (shown.length - 1) + 40;
  const { low, high } = props.domain;
  const x = (value: number) => left + ((value - low) / (high - low)) * (width - left - right);
  const highest = Math.max(...shown.map(({ norms }) => Math.max(...densities(norms, props.isRelative))));
  const ticks = ticksBetween(low, high);
  return (
    <svg className="ridges" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={props.label}>
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={x(tick)} x2={x(tick)} y1={6} y2={height - 24} className="ridge-grid" />
          <text x={x(tick)} y={height - 9} textAnchor="middle">
            {tick}
          </text>
        </g>
      ))}
      {shown.map(({ step, norms }, index) => {
        const base = ridgeHeight + index * ridgeGap;
        return (
          <g key={step}>
            <path d={outline(norms, props.isRelative, x, base, highest)} fill={props.colour} fillOpacity={0.32} />
            <path
              d={outline(norms, props.isRelative, x, base, highest).replace(/Z$/, '')}
              fill="none"
              stroke={props.colour}
              strokeWidth={1.5}
            />
            <text x={left - 8} y={base} textAnchor="end">
              {step}
            </text>
            <text x={width - right + 8} y={base}>
              ±{((100 * norms.sd) / norms.mean).toFixed(0)} %
            </text>
          </g>
        );
      })}
      <text x={left - 8} y={12} textAnchor="end">
        step
      </text>
      <text x={width - right + 8} y={12}>
        sd
      </text>
    </svg>
  );
}

/** First and last always, and as many between as can be told apart. */
function thin(evaluations: readonly EvaluationNorms[]): readonly EvaluationNorms[] {
  if (evaluations.length <= most) return evaluations;
  return Array.from(
    { length: most },
    (_, at) => evaluations[Math.round((at * (evaluations.length - 1)) / (most - 1))] as EvaluationNorms,
  );
}

/** Share of the images for each unit of the axis: areas are equal, whatever the width of the bins. */
function densities({ counts, low, high, mean }: Histogram, isRelative: boolean): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const binWidth = (high - low) / counts.length / (isRelative ? mean : 1);
  return counts.map((count) => count / total / binWidth);
}

function outline(
  norms: Histogram,
  isRelative: boolean,
  x: (value: number) => number,
  base: number,
  highest: number,
): string {
  const unit = isRelative ? norms.mean : 1;
  const binWidth = (norms.high - norms.low) / norms.counts.length;
  // The square root keeps wide, flat spreads visible beside narrow, tall ones.
  const y = (density: number) => base - Math.sqrt(density / highest) * (ridgeHeight - 8);
  const points = densities(norms, isRelative).map((density, bin) => {
    const at = (norms.low + (bin + 0.5) * binWidth) / unit;
    return `${x(at).toFixed(1)},${y(density).toFixed(1)}`;
  });
  return `M${x(norms.low / unit).toFixed(1)},${base}L${points.join('L')}L${x(norms.high / unit).toFixed(1)},${base}Z`;
}
