import { metricHeading, metricValue, signedValue } from '../../output/metric-columns.ts';
import type { Study } from '../../server/api-types.ts';
import { sequenceChart } from '../charts/sequence-chart.ts';
import { type Child, html, type Markup } from '../markup.ts';
import { valueText } from '../settings-text.ts';
import { htmlTable } from './html-table.ts';

type Comparison = Study['state']['comparisons'][number];
type Tuning = Study['state']['tuning'][number];

/** As in the tables of sweeps; what a server tells beyond it comes first. */
const order: readonly string[] = ['recall_at_1', 'map_at_r', 'nmi', 'ami', 'f1', 'norm_cv'];

const verdictClasses: Readonly<Record<string, string>> = { helps: 'good', 'does not help': 'bad', undecided: 'open' };

/** The answer of a study and all that it rests on. */
export function studySection(study: Study): Markup {
  const { state, plan } = study;
  return html`<section><h2>Answer</h2>
${state.comparisons.map(
  ({ arm, baseline, verdict, reason }) =>
    html`<p class="verdict ${verdictClasses[verdict] ?? 'open'}"><strong>${arm} against ${baseline}: ${
      study.status === 'open' && verdict === 'undecided' ? 'not decided yet' : verdict
    }.</strong> ${reason}</p>`,
)}
<p>The study is ${study.status}${study.reason === null ? `: ${state.reason}` : ''}. Runs: ${state.runs.tune} to tune, ${state.runs.compare} to compare${state.runs.saved > 0 ? `; ${state.runs.saved} of the budget were not needed` : ''}.</p>
${study.status === 'failed' || study.status === 'cancelled' ? html`<p>${study.reason}</p>` : ''}</section>
${state.comparisons.map((comparison) => comparisonSection(study, comparison))}
${plan.tune === null ? '' : html`<section><h2>Tuning</h2><p>Each arm tried its settings on held-out training classes; the highest mean is chosen.</p>${state.tuning.map((tuning) => tuningTable(tuning, plan.metric))}</section>`}`;
}

/** The plan in full: it was stored and hashed before the first run. */
export function planSection({ plan, plan_sha256: hash }: Study): Markup {
  return html`<section><h2>Plan</h2>
<p>Fixed before the first run. SHA-256, with the code, data and weights of its runs: <code>${hash}</code></p>
<pre>${JSON.stringify(plan, null, 2)}</pre></section>`;
}

function comparisonSection({ plan, state }: Study, comparison: Comparison): Markup {
  const { arm, baseline, pairs, sequence, left_out: leftOut } = comparison;
  const judged = plan.protocol === 'paper' ? 'the test classes' : 'held-out training classes';
  const confidence = Number((100 * (1 - state.alpha_each)).toFixed(2));
  const signed = (value: number) => signedValue(plan.metric, value);
  const rows = pairs.map((pair, at): Child[] => [
    String(pair.seed),
    metricValue(plan.metric, pair.baseline),
    metricValue(plan.metric, pair.arm),
    signed(pair.difference),
    intervalText(sequence[at]?.low ?? null, sequence[at]?.high ?? null, signed),
    (sequence[at]?.evidence ?? 0).toPrecision(3),
  ]);
  return html`<section><h2>${arm} minus ${baseline}</h2>
<p>${metricHeading(plan.metric)} of each run's last evaluation on ${judged}; pairs of runs with the same seed. The interval holds with ${confidence} % at all looks together; evidence of ${Math.round(1 / state.alpha_each)} decides. A gain below ${metricValue(plan.metric, plan.min_effect)} points does not count.</p>
${sequence.length === 0 ? '' : sequenceChart(comparison, plan.min_effect)}
${htmlTable(['seed', `${baseline}, %`, `${arm}, %`, 'difference', `${confidence} % at any time`, 'evidence'], rows)}
${leftOut.map(({ seed, reason }) => html`<p>Seed ${seed} left out: ${reason}</p>`)}
<h3>All metrics of the same pairs</h3>
${htmlTable(
  ['metric', 'in words', 'mean', '95 % interval', 'n'],
  inOrder(comparison.metrics).map(([name, { n, mean, ci95, verdict }]) => [
    metricHeading(name),
    verdict,
    signedValue(name, mean),
    ci95 === null ? '' : `[${ci95.map((bound) => signedValue(name, bound)).join(', ')}]`,
    n,
  ]),
  { numbersFrom: 2 },
)}
<p class="small">Rates in points. Ordinary intervals, not corrected for looking nor for their number.</p></section>`;
}

function inOrder(metrics: Comparison['metrics']) {
  return Object.entries(metrics).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

function intervalText(low: number | null, high: number | null, signed: (value: number) => string): string {
  if (low === null && high === null) return 'no bound yet';
  return `[${[low, high].map((bound) => (bound === null ? 'no bound' : signed(bound))).join(', ')}]`;
}

function tuningTable({ arm, trials, chosen, at_edge: edge }: Tuning, metric: string): Markup {
  const fields = [...new Set(trials.flatMap(({ settings }) => Object.keys(settings)))];
  return html`<h3>${arm}</h3>
${htmlTable(
  ['', ...fields, 'n', `${metricHeading(metric)}, %`],
  trials.map(({ trial, settings, mean, n, failed }) => [
    trial === chosen ? html`<strong>chosen</strong>` : '',
    ...fields.map((field) => (field in settings ? valueText(settings[field]) : '')),
    n,
    mean === null ? (failed > 0 ? 'failed' : '') : metricValue(metric, mean),
  ]),
)}
${edge.length === 0 ? '' : html`<p class="small">The chosen ${edge.join(' and ')} is at the edge of what was tried: a wider search may find better.</p>`}`;
}
