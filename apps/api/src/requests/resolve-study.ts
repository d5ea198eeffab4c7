import { createHash } from 'node:crypto';
import { canonicalJson, type ExperimentConfig } from '@spherelab/config';
import type { NewStudy, NewStudyRun } from '@spherelab/db';
import { type PlannedRun, planStudy, requestOf, type StudyPlan, tuningRuns, withKnownArms } from '@spherelab/studies';
import { resolveExperimentRequest } from './resolve-request.ts';
import { turn } from './turn.ts';

type Known = Parameters<typeof resolveExperimentRequest>[0];

/** A learning rate is searched from a tenth of its preset to ten times it. */
const searchedFactor = 10;

/** A question that was checked, with the training that it may cost at most. */
export type ResolvedStudy = {
  readonly study: NewStudy;
  readonly plan: StudyPlan;
  readonly runsAtMost: number;
  readonly work: readonly { readonly config: ExperimentConfig; readonly updates: number }[];
};

/** Runs that are made before other requests get their turn. */
const runsAtOnce = 20;

/**
 * Checks a question and every run that it may lead to, before anything is stored.
 * @throws ConfigError
 */
export async function resolveStudyRequest(dependencies: Known, body: unknown): Promise<ResolvedStudy> {
  const { name, plan } = planStudy(await withLearningRates(dependencies, withKnownArms(body)));
  const possible = await resolveStudyRuns(dependencies, plan, possibleRuns(plan));
  const decisive = { plan, provenances: possible.map(({ cell }) => cell.provenance) };
  const study = {
    name,
    plan,
    planSha256: createHash('sha256').update(canonicalJson(decisive)).digest('hex'),
    sweep: { name: name ?? questionOf(plan), request: { base: {}, cells: sweptCells(plan), strategy: 'study' } },
  };
  const costs = possible.map(({ key, cell }) => {
    const ofPairs = key.trial === 0 ? plan.budget.pairs : 0;
    const runs = key.phase === 'tune' ? (plan.tune?.seeds.length ?? 0) : ofPairs;
    return { config: cell.config, runs, updates: runs * (cell.course?.updates ?? cell.config.steps + 1) };
  });
  return { study, plan, runsAtMost: costs.reduce((sum, { runs }) => sum + runs, 0), work: costs };
}

/** A search without a space is over the learning rates around those of the preset. @throws ConfigError */
async function withLearningRates(dependencies: Known, body: unknown): Promise<unknown> {
  if (!isRecord(body) || !isRecord(body.tune) || body.tune.space !== undefined) return body;
  const { base, arms } = body;
  const [first] = Array.isArray(arms) ? (arms as unknown[]) : [];
  const given = { ...(isRecord(base) ? base : {}), ...(isRecord(first) && isRecord(first.set) ? first.set : {}) };
  const { config } = await resolveExperimentRequest(dependencies, given);
  const around = (rate: number) => ({ low: rate / searchedFactor, high: rate * searchedFactor, scale: 'log' });
  const rates = (['lr', 'lr_p'] as const).filter((field) => !(field in given));
  const space = Object.fromEntries(rates.map((field) => [field, around(config[field])]));
  return { ...body, tune: { ...body.tune, space } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
