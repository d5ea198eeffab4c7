import { runStates } from '@spherelab/config';
import { type StudyRow, type StudyRunRow, studyStatuses } from '@spherelab/db';
import { nextOfStudy, type StudyPlan } from '@spherelab/studies';
import { z } from 'zod';
import { differenceSchema } from './summary-schema.ts';

const settings = z.record(z.string(), z.unknown());
const bound = z.number().nullable().describe('null: no bound yet');

const trialSchema = z.object({
  trial: z.int(),
  settings,
  mean: z.number().nullable().describe('of the metric on validation classes; null until its runs ended'),
  n: z.int().describe('seeds that measured it'),
  failed: z.int().describe('runs that ended without a result'),
});
const tuningSchema = z.object({
  arm: z.string(),
  trials: z.array(trialSchema),
  chosen: z.int().nullable().describe('the trial with the highest mean; null until all ended'),
  is_done: z.boolean(),
  at_edge: z.array(z.string()).describe('fields whose chosen value is the smallest or largest tried'),
});
const comparisonSchema = z.object({
  arm: z.string(),
  baseline: z.string(),
  verdict: z.enum(['helps', 'does not help', 'undecided']),
  reason: z.string(),
  pairs: z.array(z.object({ seed: z.int(), baseline: z.number(), arm: z.number(), difference: z.number() })),
  left_out: z.array(z.object({ seed: z.int(), reason: z.string() })).describe('seeds of which a run failed'),
  sequence: z
    .array(z.object({ n: z.int(), mean: z.number(), low: bound, high: bound, evidence: z.number() }))
    .describe('anytime-valid interval and evidence after each pair'),
  effect: z
    .object({ n: z.int(), mean: z.number(), low: bound, high: bound, evidence: z.number() })
    .nullable()
    .describe('mean difference with its anytime-valid interval; it is decided once evidence reaches 1 / alpha_each'),
  metrics: z
    .record(z.string(), differenceSchema)
    .describe('all metrics of the same pairs, with ordinary 95 % intervals that are not corrected for looking'),
});
const stateSchema = z.object({
  phase: z.enum(['tuning', 'comparing', 'ended']),
  outcome: z.enum(['decided', 'undecided', 'failed']).nullable(),
  reason: z.string(),
  alpha_each: z.number().describe('risk of a wrong decision that each comparison takes'),
  tuning: z.array(tuningSchema),
  comparisons: z.array(comparisonSchema),
  runs: z.object({
    tune: z.int(),
    compare: z.int(),
    saved: z.int().describe('left of the budget when all was decided'),
  }),
});
const runSchema = z.object({
  phase: z.enum(['tune', 'compare']),
  arm: z.string(),
  trial: z.int(),
  seed: z.int(),
  experiment_id: z.string(),
  status: z.enum(runStates),
});

/** A study in a list. */
export const studySummarySchema = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    status: z.enum(studyStatuses).describe('open: it continues by itself'),
    reason: z.string().nullable().describe('how it ended; null while it is open'),
    plan: settings.describe('all that decides what it does and concludes, fixed before the first run'),
    plan_sha256: z.string().describe('of the plan, and of the code, data and weights that its runs have'),
    sweep_id: z.string().nullable().describe('the sweep as which its runs are queued'),
    created_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'StudySummary' });

/** A study with what it knows. */
export const studyViewSchema = studySummarySchema
  .extend({ state: stateSchema, runs: z.array(runSchema) })
  .meta({ id: 'Study' });
export type StudyView = z.infer<typeof studyViewSchema>;

export function toStudySummary(study: StudyRow): z.infer<typeof studySummarySchema> {
  return {
    id: study.id,
    name: study.name,
    status: study.status,
    reason: study.reason,
    plan: study.plan,
    plan_sha256: study.plan_sha256,
    sweep_id: study.sweep_id,
    created_at: study.created_at.toISOString(),
    ended_at: study.ended_at?.toISOString() ?? null,
  };
}

/** The answer as it was stored, or the state that follows from the runs of now. */
export function toStudyView(study: StudyRow, runs: readonly StudyRunRow[]): StudyView {
  const state = study.answer ?? nextOfStudy(study.plan as unknown as StudyPlan, runs).state;
  return {
    ...toStudySummary(study),
    state: state as StudyView['state'],
    runs: runs.map(({ metrics: _, error: __, ...run }) => run),
  };
}
