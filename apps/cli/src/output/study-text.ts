import type { Study } from '../server/api-types.ts';
import { formatTable } from './print-table.ts';

type Comparison = Study['state']['comparisons'][number];
type Tuning = Study['state']['tuning'][number];

/** What is a rate, and so told in points; the spread of norms is a ratio. */
const isRate = (metric: string) => metric !== 'norm_cv';

/** How a study went and what it found, for people. */
export function studyText(study: Study): string {
  const { state, plan } = study;
  const parts = [
    `study ${study.id}: ${study.status}${study.reason === null ? '' : ' - how it came about:'}`,
    ...(plan.tune === null ? [] : [tuningText(state.tuning, plan.metric)]),
    ...state.comparisons.map((comparison) => comparisonText(comparison, plan.metric, state.alpha_each)),
    runsText(state.runs),
    ...state.comparisons.map(({ arm, verdict, reason }) => `${arm}: ${verdict}. ${reason}`),
    ...(state.outcome === 'failed' || study.status === 'cancelled' ? [study.reason ?? state.reason] : []),
    `plan ${study.plan_sha256.slice(0, 12)}, fixed before the first run`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function tuningText(tuning: readonly Tuning[], metric: string): string {
  const fields = [...new Set(tuning.flatMap(({ trials }) => trials.flatMap(({ settings }) => Object.keys(settings))))];
  const rows = tuning.flatMap(({ arm, trials, chosen }) =>
    trials.map(({ trial, settings, mean, n, failed }) => [
      trial === chosen ? `${arm} *` : arm,
      ...fields.map((field) => (field in settings ? String(settings[field]) : '-')),
      String(n),
      mean === null ? (failed > 0 ? 'failed' : '-') : (100 * mean).toFixed(1),
    ]),
  );
  const edges = tuning
    .filter(({ at_edge: edge }) => edge.length > 0)
    .map(
      ({ arm, at_edge: edge }) =>
        `${arm}: the chosen ${edge.join(' and ')} is at the edge of what was tried; a wider search may find better`,
    );
  const table = formatTable(['tuning (* chosen)', ...fields, 'n', `${metric}, validation, %`], rows);
  return [table, ...edges].join('\n');
}

function comparisonText(comparison: Comparison, metric: string, alpha: number): string {
  const { arm, baseline, pairs, sequence, left_out: leftOut } = comparison;
  const rows = pairs.map((pair, at) => [
    String(pair.seed),
    (100 * pair.baseline).toFixed(1),
    (100 * pair.arm).toFixed(1),
    signed(100 * pair.difference, 1),
    intervalText(sequence[at]?.low ?? null, sequence[at]?.high ?? null),
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
  const others = Object.entries(comparison.metrics).map(([name, difference]) => {
    const factor = isRate(name) ? 100 : 1;
    const digits = isRate(name) ? 1 : 3;
    const [low, high] = difference.ci95 ?? [null, null];
    const ci =
      low === null || high === null ? '-' : `[${signed(factor * low, digits)}, ${signed(factor * high, digits)}]`;
    return [name, String(difference.n), signed(factor * difference.mean, digits), ci, difference.verdict];
  });
  return [
    `${arm} minus ${baseline}, ${metric}, pairs with the same seed`,
    formatTable(header, rows),
    ...leftOut.map(({ seed, reason }) => `seed ${seed} left out: ${reason}`),
    '',
    formatTable(['same pairs, points (norm_cv as is)', 'n', 'mean', '95 % interval', 'in words'], others),
  ].join('\n');
}

function intervalText(low: number | null, high: number | null): string {
  if (low === null && high === null) return 'no bound yet';
  const side = (bound: number | null) => (bound === null ? 'none' : signed(100 * bound, 1));
  return `[${side(low)}, ${side(high)}]`;
}

function runsText({ tune, compare, saved }: Study['state']['runs']): string {
  const kept = saved > 0 ? `; ${saved} of the budget were not needed` : '';
  return `runs: ${tune} to tune, ${compare} to compare${kept}`;
}

function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) > 0 ? `+${text}` : text;
}
