import { createHash } from 'node:crypto';
import { canonicalJson } from '@spherelab/config';
import type { NewStudy, NewStudyRun } from '@spherelab/db';
import { type PlannedRun, planStudy, requestOf, type StudyPlan, tuningRuns } from '@spherelab/studies';
import { resolveExperimentRequest } from './resolve-request.ts';
import { turn } from './turn.ts';

type Known = Parameters<typeof resolveExperimentRequest>[0];

/** Runs that are made before other requests get their turn. */
const runsAtOnce = 20;

/**
 * Checks a question and every run that it may lead to, before anything is stored.
 * @throws ConfigError
 */
export async function resolveStudyRequest(dependencies: Known, body: unknown): Promise<NewStudy> {
  const { name, plan } = planStudy(body);
  const possible = await resolveStudyRuns(dependencies, plan, possibleRuns(plan));
  const decisive = { plan, provenances: possible.map(({ cell }) => cell.provenance) };
  return {
    name,
    plan,
    planSha256: createHash('sha256').update(canonicalJson(decisive)).digest('hex'),
    sweep: { name: name ?? questionOf(plan), request: { base: {}, cells: sweptCells(plan), strategy: 'study' } },
  };
}

/** The runs that a study wants next, as experiments. @throws ConfigError where the data set is not there any more */
export async function resolveStudyRuns(
  dependencies: Known,
  plan: StudyPlan,
  wanted: readonly PlannedRun[],
): Promise<NewStudyRun[]> {
  const runs: NewStudyRun[] = [];
  for (const [index, key] of wanted.entries()) {
    if (index % runsAtOnce === 0) await turn();
    runs.push({ key, cell: await resolveExperimentRequest(dependencies, requestOf(plan, key)) });
  }
  return runs;
}

/** What decides whether a run can be: seeds do not. */
function possibleRuns(plan: StudyPlan): PlannedRun[] {
  const compare = plan.arms.flatMap(({ name, trials }) =>
    trials.map((_, trial) => ({ phase: 'compare' as const, arm: name, trial, seed: plan.first_seed })),
  );
  const seed = plan.tune?.seeds[0];
  return [...tuningRuns(plan).filter((run) => run.seed === seed), ...compare];
}

/** A name for the line in which its runs stand. */
function questionOf({ arms }: StudyPlan): string {
  return `study: ${arms.map(({ name }) => name).join(' or ')}`;
}

/** One cell for each setting: the fields in which runs of a study differ are the columns of their table. */
function sweptCells({ arms, tune }: StudyPlan): Record<string, unknown>[] {
  const shared = arms.map(({ base }) => base);
  const differing = [...new Set(shared.flatMap((base) => Object.keys(base)))].filter(
    (field) => new Set(shared.map((base) => JSON.stringify(base[field]))).size > 1,
  );
  return arms.flatMap(({ base, trials }) =>
    trials.map((settings) => ({
      ...Object.fromEntries(differing.flatMap((field) => (field in base ? [[field, base[field]]] : []))),
      ...settings,
      ...(tune === null ? {} : { protocol: 'validation' }),
    })),
  );
}
