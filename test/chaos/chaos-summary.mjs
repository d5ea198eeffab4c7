import { kills, upgrades } from './disturbances.mjs';

/** Numbers of a run of chaos: what was struck and recovered, what was computed and differs. */
export function summarizeChaos(about, struck, runs) {
  const sum = (of) => runs.reduce((total, run) => total + of(run), 0);
  const byKind = {};
  for (const { kind, recoveredMs } of struck) {
    byKind[kind] ??= { count: 0, recoveredMs: [] };
    byKind[kind].count += 1;
    if (recoveredMs !== null) byKind[kind].recoveredMs.push(recoveredMs);
  }
  return {
    ...about,
    disturbances: struck.length,
    upgrades: struck.filter(({ kind }) => upgrades.includes(kind)).length,
    kills: struck.filter(({ kind }) => kills.has(kind)).length,
    byKind,
    notRecovered: struck.filter(({ recoveredMs }) => recoveredMs === null).length,
    recoveredMs: struck.flatMap(({ recoveredMs }) => recoveredMs ?? []),
    runs: runs.length,
    attempts: sum((run) => run.attempt),
    failed: runs.filter(({ status }) => status === 'failed').length,
    unfinished: runs.filter(({ status }) => status !== 'succeeded'),
    lost: sum((run) => run.lost),
    doubled: sum((run) => run.doubled),
    changed: sum((run) => run.changed),
    weights: sum((run) => run.weights),
    wrong: runs.filter((run) => run.lost + run.doubled + run.changed + run.weights > 0),
  };
}
