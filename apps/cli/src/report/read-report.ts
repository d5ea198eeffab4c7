import { type ApiClient, NotThere } from '../server/api-client.ts';
import type { Experiment, Page, Study } from '../server/api-types.ts';
import type { SweepTable, SweepWithRequest } from '../server/report-types.ts';
import { readGroups } from './read-groups.ts';
import { readPictures } from './read-pictures.ts';
import { type ReportData, type ReportSubject, reportBounds } from './report-data.ts';
import { settingsText } from './settings-text.ts';

/** What a report can be about: a study or a sweep of this id, or the newest of both for `last`. @throws CliError where there is neither */
export async function readSubject(api: ApiClient, given: string): Promise<ReportSubject> {
  const id = given === 'last' ? await newestSubject(api) : given;
  const path = encodeURIComponent(id);
  try {
    return { kind: 'study', study: await api.get<Study>(`/studies/${path}`) };
  } catch (error) {
    if (!(error instanceof NotThere)) throw error;
  }
  try {
    const [sweep, table] = await Promise.all([
      api.get<SweepWithRequest>(`/sweeps/${path}`),
      api.get<SweepTable>(`/sweeps/${path}/table`),
    ]);
    return { kind: 'sweep', sweep, table };
  } catch (error) {
    if (!(error instanceof NotThere)) throw error;
    throw new NotThere(`there is no study and no sweep ${id}`, 'spherelab studies', { cause: error });
  }
}

/** The newer of the newest study and the newest sweep that is not a study's own. */
async function newestSubject(api: ApiClient): Promise<string> {
  type Made = { readonly id: string; readonly created_at: string };
  const [{ items: studies }, { items: sweeps }] = await Promise.all([
    api.get<Page<Made & { readonly sweep_id: string | null }>>('/studies?limit=1'),
    api.get<Page<Made>>('/sweeps?limit=1'),
  ]);
  const [[study], [sweep]] = [studies, sweeps];
  const isOwn = study !== undefined && study.sweep_id === sweep?.id;
  const newest =
    isOwn || sweep === undefined || (study !== undefined && study.created_at > sweep.created_at) ? study : sweep;
  if (newest === undefined) throw new NotThere('there is no study and no sweep yet');
  return newest.id;
}

/** Reads all that the report of a study or sweep is made of. @param madeAt when, as people read it */
export async function readReport(api: ApiClient, subject: ReportSubject, madeAt: string): Promise<ReportData> {
  const wanted = subject.kind === 'study' ? studyGroups(subject.study) : sweepGroups(subject.table);
  const sweepId = subject.kind === 'study' ? subject.study.sweep_id : subject.sweep.id;
  const runs = sweepId === null ? [] : await readRuns(api, sweepId);
  const beside = subject.kind === 'study' ? armsBeside(subject.study) : rowsBeside(subject.table);
  const { groups, leftOut } = await readGroups(api, wanted, runs, beside);
  const { pictures, leftOut: noPictures } = await readPictures(api, groups);
  const drawn = beside.filter((places) => places.every((place) => groups[place] !== undefined));
  const notTold = subject.kind === 'study' ? [] : rowsLeftOut(subject.table);
  return { subject, madeAt, groups, beside: drawn, pictures, leftOut: [...notTold, ...leftOut, ...noPictures] };
}

/** A group before its runs are read. */
export type WantedGroup = {
  readonly label: string;
  readonly ids: readonly string[];
  /** runs of it that were deleted, as far as that is known */
  readonly gone: number;
};

function sweepGroups({ rows }: SweepTable): WantedGroup[] {
  return rows.map(({ settings, experiment_ids: ids }) => ({
    label: settingsText(settings) || 'all runs',
    ids,
    gone: 0,
  }));
}

function studyGroups({ plan, runs, state }: Study): WantedGroup[] {
  return plan.arms.map(({ name }) => {
    const compared = runs.filter(({ phase, arm }) => phase === 'compare' && arm === name);
    const pairs = state.comparisons.filter(({ arm, baseline }) => arm === name || baseline === name);
    const told = new Set(pairs.flatMap((comparison) => comparison.pairs.map(({ seed }) => seed)));
    const gone = [...told].filter((seed) => !compared.some((run) => run.seed === seed)).length;
    return { label: name, ids: compared.map(({ experiment_id: id }) => id), gone };
  });
}

function rowsLeftOut({ rows, pairs }: SweepTable): string[] {
  const told = [
    { what: 'results', most: reportBounds.rows, count: rows.length },
    { what: 'paired differences', most: reportBounds.pairs, count: pairs.length },
  ];
  return told
    .filter(({ most, count }) => count > most)
    .map(({ what, most, count }) => `Of ${count} ${what} the first ${most} are told; --format csv and json have all.`);
}

function armsBeside({ plan }: Study): [number, number][] {
  return plan.arms.slice(1).map((_, at) => [0, at + 1]);
}

/** Rows that differ in SEC alone. */
function rowsBeside({ rows, pairs }: SweepTable): [number, number][] {
  const placeOf = (settings: object) =>
    rows.findIndex((row) => JSON.stringify(row.settings) === JSON.stringify(settings));
  return pairs
    .filter(({ field }) => field === 'sec_wei')
    .map(({ baseline, treatment }) => [placeOf(baseline), placeOf(treatment)]);
}

async function readRuns(api: ApiClient, sweepId: string): Promise<Experiment[]> {
  const runs: Experiment[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    let page: Page<Experiment>;
    try {
      page = await api.get<Page<Experiment>>(`/sweeps/${sweepId}/experiments?limit=500${query}`);
    } catch (error) {
      // The answer of a study outlives its runs and their sweep.
      if (error instanceof NotThere) return runs;
      throw error;
    }
    runs.push(...page.items);
    cursor = page.next_cursor;
  }
  return runs;
}
