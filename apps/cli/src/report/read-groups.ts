import { type ApiClient, NotThere } from '../server/api-client.ts';
import type { Experiment, MetricSeries, Page } from '../server/api-types.ts';
import type { EvaluationDetail, EvaluationNorms } from '../server/report-types.ts';
import type { WantedGroup } from './read-report.ts';
import { type ReportGroup, type RunCurves, reportBounds } from './report-data.ts';

/** Series that are drawn. */
export const drawnSeries = ['recall_at_1', 'train_loss'] as const;

/**
 * Reads what is drawn of each group, as many groups as the bounds allow, in their order.
 * @param runs what of all runs is there still
 */
export async function readGroups(
  api: ApiClient,
  wanted: readonly WantedGroup[],
  runs: readonly Experiment[],
  beside: readonly (readonly [number, number])[],
): Promise<{ readonly groups: ReportGroup[]; readonly leftOut: string[] }> {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const pictured = picturedGroups(wanted.length, beside);
  const groups: ReportGroup[] = [];
  for (const [at, { label, ids }] of wanted.slice(0, reportBounds.groups).entries()) {
    const there = ids.flatMap((id) => byId.get(id) ?? []).filter(({ status }) => status === 'succeeded');
    groups.push({ label, runs: there, ...(await readDrawn(api, there, pictured.includes(at))) });
  }
  return { groups, leftOut: leftOutOf(wanted, groups, byId, pictured.length) };
}

/** Pairs that are set side by side first, then the first others. */
function picturedGroups(count: number, beside: readonly (readonly [number, number])[]): number[] {
  const all = [...beside.flat(), ...Array.from({ length: count }, (_, at) => at)];
  return [...new Set(all)].filter((at) => at < reportBounds.groups).slice(0, reportBounds.pictured);
}

async function readDrawn(
  api: ApiClient,
  runs: readonly Experiment[],
  isPictured: boolean,
): Promise<Pick<ReportGroup, 'curves' | 'norms' | 'detail'>> {
  const curves: RunCurves[] = [];
  for (const { id } of runs.slice(0, reportBounds.runs)) {
    const query = `name=${drawnSeries.join(',')}&max_points=${reportBounds.points}`;
    const answer = await orNull(api.get<MetricSeries>(`/experiments/${id}/metrics?${query}`));
    if (answer !== null) curves.push(Object.fromEntries(answer.series.map(({ name, points }) => [name, points])));
  }
  const [first] = runs;
  if (first === undefined) return { curves, norms: null, detail: null };
  const evaluations = await orNull(api.get<Page<EvaluationNorms>>(`/experiments/${first.id}/evaluations`));
  const norms = evaluations?.items.at(-1) ?? null;
  if (norms === null || !norms.has_detail || !isPictured) return { curves, norms, detail: null };
  const detail = await orNull(api.get<EvaluationDetail>(`/experiments/${first.id}/evaluations/${norms.step}`));
  return { curves, norms, detail };
}

/** A run may be deleted while its report is made. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotThere) return null;
    throw error;
  }
}

function leftOutOf(
  wanted: readonly WantedGroup[],
  groups: readonly ReportGroup[],
  byId: ReadonlyMap<string, Experiment>,
  pictured: number,
): string[] {
  const gone = wanted.reduce((sum, one) => sum + one.gone + one.ids.filter((id) => !byId.has(id)).length, 0);
  const most = Math.max(0, ...groups.map(({ runs }) => runs.length));
  return [
    ...(wanted.length > groups.length
      ? [`Curves, norms and configs are of the first ${groups.length} of ${wanted.length} rows.`]
      : []),
    ...(most > reportBounds.runs ? [`Curves are of the first ${reportBounds.runs} runs of each row.`] : []),
    ...(pictured < groups.length ? [`Neighbours and maps are of ${pictured} of ${groups.length} rows.`] : []),
    ...(gone > 0
      ? [`${gone} ${gone === 1 ? 'run has' : 'runs have'} been deleted: what only they knew is not here.`]
      : []),
  ];
}
