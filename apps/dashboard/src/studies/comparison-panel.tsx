import type { Study } from '../api/types.ts';
import { metricName } from '../words/metric-text.ts';
import { EvidenceChart } from './evidence-chart.tsx';
import { OtherMetrics } from './other-metrics.tsx';
import { PairTable } from './pair-table.tsx';
import { SequenceChart } from './sequence-chart.tsx';
import { VerdictBadge } from './study-badge.tsx';
import { planOf } from './study-plan.ts';
import { type Comparison, confidenceText, effectText, evidenceText } from './study-text.ts';

/** One arm beside the baseline: the verdict, how it came about, and what it rests on. */
export function ComparisonPanel({ study, comparison }: { readonly study: Study; readonly comparison: Comparison }) {
  const plan = planOf(study);
  const { arm, baseline, effect } = comparison;
  return (
    <>
      <section className="panel">
        <div className="panel-head">
          <h2>
            {arm} minus {baseline}{' '}
            <span className="muted">{metricName(plan.metric)}, pairs of runs with the same seed</span>
          </h2>
          <VerdictBadge comparison={comparison} isOpen={study.status === 'open'} />
        </div>
        <div className="panel-body study-verdict">
          {effect !== null && <p className="effect">{effectText(effect)}</p>}
          <p>{comparison.reason}</p>
          {effect !== null && <Charts study={study} comparison={comparison} evidence={effect.evidence} />}
        </div>
      </section>
      <div className="grid-2 study-tables">
        <PairTable study={study} comparison={comparison} />
        <OtherMetrics comparison={comparison} />
      </div>
    </>
  );
}

function Charts(props: {
  readonly study: Study;
  readonly comparison: Comparison;
  /** after the last pair */
  readonly evidence: number;
}) {
  const { study, comparison, evidence } = props;
  const { alpha_each: alphaEach } = study.state;
  return (
    <>
      <h3>
        Difference after each pair{' '}
        <span className="muted">the interval holds with {confidenceText(alphaEach)} at all looks together</span>
      </h3>
      <SequenceChart comparison={comparison} minEffect={planOf(study).min_effect} />
      <h3>
        Evidence against no difference{' '}
        <span className="muted">
          {evidenceText(evidence)} now, {Math.round(1 / alphaEach)} decides
        </span>
      </h3>
      <EvidenceChart comparison={comparison} alphaEach={alphaEach} />
    </>
  );
}
