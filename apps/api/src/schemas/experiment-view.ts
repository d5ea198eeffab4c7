import { experimentFields, runStates } from '@spherelab/config';
import type { Attempt, Experiment } from '@spherelab/db';
import { z } from 'zod';

const time = z.iso.datetime();
const open = z.record(z.string(), z.unknown());

const provenanceSchema = z
  .object({
    numerics: z.string().nullable().describe('version of the code that computes'),
    data_sha256: z.string().nullable().describe('of the lists with the bytes of each image'),
    weights_sha256: z.string().nullable().describe('of the file of weights that the run begins with, or "random"'),
  })
  .describe('what decides the numbers beside the config, by content; null where the server could not look');

/** An experiment as clients see it. */
export const experimentViewSchema = z
  .object({
    id: z.string(),
    status: z.enum(runStates),
    status_reason: z.string().nullable().describe('why it is in this state; the phase while it runs'),
    name: z.string().nullable(),
    tags: z.array(z.string()),
    notes: z.string().nullable().describe('what people wrote about it'),
    priority: z.int(),
    config: open.describe('complete; every field of a request has a value'),
    sources: z.record(z.string(), z.string()).describe('where each value of config comes from'),
    identity: z.string().describe('sha256 of what decides the numbers: config and provenance'),
    provenance: provenanceSchema.nullable(),
    sweep_id: z.string().nullable(),
    attempt: z.int(),
    failures: z.int().describe('attempts in a row that ended by their own fault without a new checkpoint'),
    interruptions: z
      .int()
      .describe('attempts in a row that were ended from outside, or lost with their worker, without a new checkpoint'),
    steps_done: z.int().describe('updates done'),
    total_updates: z.int().nullable(),
    stop_requested: z.enum(['cancel', 'pause']).nullable(),
    retry_at: time.nullable(),
    worker: z.string().nullable().describe('who runs it'),
    result: open.nullable(),
    latest: z
      .object({ step: z.int(), metrics: z.record(z.string(), z.number()) })
      .nullable()
      .describe('what its newest evaluation measured, while it runs and after; null before the first'),
    error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).nullable(),
    prefix: z
      .object({ experiment_id: z.string(), step: z.int().describe('updates taken over') })
      .nullable()
      .describe('the run with the same first updates that it went on from'),
    waits_for: z
      .object({ experiment_id: z.string(), step: z.int().describe('updates that the other run makes for both') })
      .nullable()
      .describe('the run whose checkpoint it waits for'),
    environment: open.nullable().describe('processor, engine, thread counts and device it ran with'),
    pace: z
      .object({ since: time, from_step: z.int().describe('updates done then') })
      .nullable()
      .describe('when the present attempt began to train; null before it did'),
    created_at: time,
    updated_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
  })
  .meta({ id: 'Experiment' });
export type ExperimentView = z.infer<typeof experimentViewSchema>;

export function toExperimentView(experiment: Experiment): ExperimentView {
  const { lease_owner, ...row } = experiment;
  return {
    id: row.id,
    status: row.status,
    status_reason: row.status_reason,
    name: row.name,
    tags: [...row.tags],
    notes: row.notes,
    priority: row.priority,
    config: inOrder(row.config),
    sources: inOrder(row.sources),
    identity: row.identity,
    provenance: row.provenance,
    sweep_id: row.sweep_id,
    attempt: row.attempt,
    failures: row.failures,
    interruptions: row.interruptions,
    steps_done: row.steps_done,
    total_updates: row.total_updates,
    stop_requested: row.stop_requested,
    retry_at: row.retry_at?.toISOString() ?? null,
    worker: lease_owner,
    result: row.result,
    latest: row.latest && { step: row.latest.step, metrics: { ...row.latest.metrics } },
    error: row.error,
    prefix: row.prefix_of === null ? null : { experiment_id: row.prefix_of, step: row.prefix_step ?? 0 },
    waits_for:
      row.waits && row.parent_id !== null ? { experiment_id: row.parent_id, step: row.parent_step ?? 0 } : null,
    environment: row.environment,
    pace: row.pace_since && { since: row.pace_since.toISOString(), from_step: row.pace_from_step ?? 0 },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}

/** Fields in the order of the schema: Postgres keeps them by the length of their names. */
function inOrder<V>(values: Readonly<Record<string, V>>): Record<string, V> {
  const known = experimentFields.filter((field) => field in values);
  return Object.fromEntries([...known, ...Object.keys(values)].map((field) => [field, values[field] as V]));
}

/** One try to run an experiment. */
export const attemptViewSchema = z
  .object({
    number: z.int(),
    worker: z.string(),
    device: z.string().nullable(),
    started_at: time,
    ended_at: time.nullable(),
    outcome: z
      .string()
      .nullable()
      .describe('succeeded, failed, cancelled, paused, released, crashed, interrupted or lost; null while it runs'),
    reason: z.string().nullable(),
    resumed_from_step: z.int().nullable(),
  })
  .meta({ id: 'Attempt' });

/** An experiment with every try to run it, first one first. */
export const experimentDetailSchema = experimentViewSchema
  .extend({
    attempts: z.array(attemptViewSchema),
    earlier: z
      .object({
        experiment_id: z.string(),
        numerics: z.string().nullable().describe('null for one of a release that recorded none'),
      })
      .nullable()
      .describe('the newest run before it of the same config under another version of the code'),
  })
  .meta({ id: 'ExperimentDetail' });

export function toAttemptView(attempt: Attempt): z.infer<typeof attemptViewSchema> {
  return {
    ...attempt,
    started_at: attempt.started_at.toISOString(),
    ended_at: attempt.ended_at?.toISOString() ?? null,
  };
}
