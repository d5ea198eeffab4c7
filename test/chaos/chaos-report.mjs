import { kills } from './disturbances.mjs';

/** @param {number[]} values @param {number} share 0..1 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** In words; of the load averages the one of a minute. */
function loadOf({ cores, before, after, burners }) {
  const beside = burners === 0 ? '' : `beside ${burners} processes that burn the cores, `;
  return `${beside}${cores} cores, load ${before.toFixed(1)} before and ${after.toFixed(1)} after`;
}

/** A report of runs of chaos as Markdown. */
export function chaosReport(summaries) {
  return summaries.map(reportOf).join('\n\n');
}

function reportOf(summary) {
  const kinds = Object.entries(summary.byKind).sort(([a], [b]) => a.localeCompare(b));
  const seconds = (values, share) => (values.length === 0 ? '-' : (quantile(values, share) / 1_000).toFixed(1));
  const within = (times) => times.filter((ms) => ms < 10_000).length;
  const row = (name, count, times) =>
    `| ${name} | ${count} | ${seconds(times, 0.5)} | ${seconds(times, 0.95)} | ${within(times)} |`;
  const killed = kinds.filter(([kind]) => kills.has(kind)).map(([, of]) => of);
  const verdict = [
    ['runs posted while disturbed', summary.runs],
    ['attempts they took', summary.attempts],
    ['runs that went on under another release', summary.crossed],
    ['runs that went on from a finished one', summary.adopted],
    ['runs that started over from step 0', summary.startedOver],
    ['runs that failed', summary.failed],
    ['runs that did not succeed', summary.unfinished.length],
    ['metric points lost', summary.lost],
    ['metric points doubled or too many', summary.doubled],
    ['metric points with another value', summary.changed],
    ['runs with other weights or results', summary.weights],
    ['disturbances not recovered from', summary.notRecovered],
    ['programs that ended by themselves', summary.crashes.length],
  ];
  return [
    `Queue in ${summary.store}, ${summary.seconds} s, seed ${summary.seed}; ${loadOf(summary.load)}:`,
    '',
    '| disturbed | times | recovered after, p50 s | p95 s | in under 10 s |',
    '| --- | --- | --- | --- | --- |',
    ...kinds.map(([kind, { count, recoveredMs }]) => row(kind, count, recoveredMs)),
    row(
      'by SIGKILL',
      summary.kills,
      killed.flatMap(({ recoveredMs }) => recoveredMs),
    ),
    row('all', summary.disturbances, summary.recoveredMs),
    '',
    `Of them upgrades: ${summary.upgrades}, to a release with losses in another order and back, in turn.`,
    '',
    '| against an undisturbed twin | |',
    '| --- | --- |',
    ...verdict.map(([what, count]) => `| ${what} | ${count} |`),
  ].join('\n');
}
