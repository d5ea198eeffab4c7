import type { Study } from '../server/api-types.ts';
import { metricValue, signedValue } from './metric-columns.ts';
import { formatTable } from './print-table.ts';

type Comparison = Study['state']['comparisons'][number];
type Tuning = Study['state']['tuning'][number];

/** Lays out a table; the lines around it stay as they are. */
type TableLayout = (header: readonly string[], rows: readonly (readonly string[])[]) => string;

/** How a study went and what it found, for people: on a terminal, or laid out otherwise. */
export function studyText(study: Study, layout: TableLayout = formatTable): string {
  const { state, plan } = study;
  const parts = [
    `study ${study.id}: ${study.status}${study.reason === null ? '' : ' - how it came about:'}`,
    ...(plan.tune === null ? [] : [tuningText(state.tuning, plan.metric, layout)]),
    ...state.comparisons.map((comparison) => comparisonText(comparison, plan.metric, state.alpha_each, layout)),
    runsText(state.runs),
    ...state.comparisons.map(({ arm, verdict, reason }) => `${arm}: ${verdict}. ${reason}`),
    ...(state.outcome === 'failed' || study.status === 'cancelled' ? [study.reason ?? state.reason] : []),
    `plan ${study.plan_sha256.slice(0, 12)}, fixed before the first run`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function tuningText(tuning: readonly Tuning[], metric: string, layout: TableLayout): string {
  const fields = [...new Set(tuning.flatMap(({ trials }) => trials.flatMap(({ settings }) => Object.keys(settings))))];
  const rows = tuning.flatMap(({ arm, trials, chosen }) =>
    trials.map(({ trial, settings, mean, n, failed }) => [
      trial === chosen ? `${arm} *` : arm,
      ...fields.map((field) => (field in settings ? String(settings[field]) : '-')),
      String(n),
      mean === null ? (failed > 0 ? 'failed' : '-') : metricValue(metric, mean),
    ]),
  );
  const edges = tuning
    .filter(({ at_edge: edge }) => edge.length > 0)
    .map(
      ({ arm, at_edge: edge }) =>
        `${arm}: the chosen ${edge.join(' and ')} is at the edge of what was tried; a wider search may find better`,
    );
  const table = layout(['tuning (* chosen)', ...fields, 'n', `${metric}, validation, %`], rows);
  return [table, ...edges].join('\n');
}

function comparisonText(comparison: Comparison, metric: string, alpha: number, layout: TableLayout): string {
  const { arm, baseline, pairs, sequence, left_out: leftOut } = comparison;
  const rows = pairs.map((pair, at) => [
    String(pair.seed),
    metricValue(metric, pair.baseline),
    metricValue(metric, pair.arm),
    signedValue(metric, pair.difference),
    intervalText(metric, sequence[at]?.low ?? null, sequence[at]?.high ?? null),
    (sequence[at]?.evidence ?? 0).toPrecision(3),
  ]);
  const interval = `${Number((100 * (1 - alpha)).toFixed(2))} % at any time`;
  const header = [
    'seed',
    `${baseline}, %`,
    `${arm}, %`,
    'difference',
    interval,
    `evidence (${Math.round(1 / alpha)} decides)`,
  ];
  const others = Object.entries(comparison.metrics).map(([name, { n, mean, ci95, verdict }]) => {
    const interval = ci95 === null ? '-' : `[${ci95.map((bound) => signedValue(name, bound)).join(', ')}]`;
    return [name, String(n), signedValue(name, mean), interval, verdict];
  });
  return [
    `${arm} minus ${baseline}, ${metric}, pairs with the same seed`,
    layout(header, rows),
    ...leftOut.map(({ seed, reason }) => `seed ${seed} left out: ${reason}`),
    '',
    layout(['same pairs, points (norm_cv as is)', 'n', 'mean', '95 % interval', 'in words'], others),
  ].join('\n');
}

function intervalText(metric: string, low: number | null, high: number | null): string {
  if (low === null && high === null) return 'no bound yet';
  const side = (bound: number | null) => (bound === null ? 'none' : signedValue(metric, bound));
  return `[${side(low)}, ${side(high)}]`;
}

function runsText({ tune, compare, saved }: Study['state']['runs']): string {
  const kept = saved > 0 ? `; ${saved} of the budget were not needed` : '';
  return `runs: ${tune} to tune, ${compare} to compare${kept}`;
}
