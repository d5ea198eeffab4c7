import { useWidth } from '../scales/use-width.ts';
import { margin, PairAxis } from './pair-axis.tsx';
import { evidenceDomain, lastPair, place } from './sequence-scale.ts';
import { type Comparison, evidenceText } from './study-text.ts';

const height = 170;

/** Evidence against "no difference" after each pair, by its logarithm, and where it decides. */
export function EvidenceChart(props: { readonly comparison: Comparison; readonly alphaEach: number }) {
  const { sequence } = props.comparison;
  const threshold = 1 / props.alphaEach;
  const [frame, width] = useWidth<HTMLDivElement>();
  const domain = evidenceDomain(sequence, threshold);
  const last = lastPair(sequence);
  const x = place({ low: 0.5, high: last + 0.5 }, margin.left, width - margin.right);
  const y = place(domain, height - margin.bottom, margin.top);
  const at = (evidence: number) => y(Math.log10(Math.max(evidence, 0.1)));
  const bar = Math.max(2, Math.min(14, (0.5 * (width - margin.left - margin.right)) / last));
  const now = sequence.at(-1)?.evidence ?? 0;
  return (
    <div ref={frame} className="study-chart">
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Evidence after each pair; now ${evidenceText(now)}, ${Math.round(threshold)} decides`}
        >
          {[1, threshold].map((tick) => (
            <g key={tick}>
              <line
                x1={margin.left}
                x2={width - margin.right}
                y1={at(tick)}
                y2={at(tick)}
                className={tick === 1 ? 'grid' : 'decides'}
              />
              <text x={margin.left - 8} y={at(tick) + 4} textAnchor="end">
                {Math.round(tick)}
              </text>
            </g>
          ))}
          {sequence.map(({ n, evidence }) => (
            <rect
              key={n}
              x={x(n) - bar / 2}
              width={bar}
              y={Math.min(at(evidence), at(1))}
              height={Math.max(1, Math.abs(at(evidence) - at(1)))}
              className={evidence >= threshold ? 'evidence enough' : 'evidence'}
            >
              <title>
                {evidenceText(evidence)} after {n}
              </title>
            </rect>
          ))}
          <PairAxis last={last} x={x} width={width} height={height} />
        </svg>
      )}
    </div>
  );
}
