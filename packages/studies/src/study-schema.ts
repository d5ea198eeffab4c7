import {
  ConfigError,
  type ConfigIssue,
  checkSearchSpace,
  decidingMetric,
  parseRequest,
  searchSpaceSchema,
} from '@spherelab/config';
import { z } from 'zod';
import { knownArms, withKnownArms } from './known-arms.ts';

const seed = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);
const settings = z.record(z.string(), z.unknown());

const armSchema = z.strictObject({
  name: z
    .string()
    .max(50)
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._+-]*$/, 'must begin with a letter or digit')
    .describe('what the answer calls it'),
  set: settings.default({}).describe('fields in which it differs from base'),
  space: searchSpaceSchema.default({}).describe('fields that are tuned for this arm alone'),
});

const tuneSchema = z.strictObject({
  space: searchSpaceSchema.describe('fields that are tuned for each arm'),
  trials: z.int().min(1).max(100).describe('settings that each arm may try, drawn from the space'),
  seeds: z.array(seed).min(1).max(20).default([1000]).describe('each trial is trained with each of them'),
  draw_seed: seed.default(0).describe('seed of the draws'),
});

/** The most pairs of runs that a study may spend. */
const mostPairs = 200;

/** A question: which of these arms is better than the first, each at the settings that suit it? */
export const studyRequestSchema = z.strictObject({
  name: z.string().min(1).max(200).nullable().optional().describe('a name for people'),
  base: settings.default({}).describe('fields that all runs share: dataset, loss and whatever differs from the preset'),
  arms: z.array(armSchema).min(2).max(8).describe('the first is the baseline that the others are compared with'),
  tune: tuneSchema.nullable().default(null).describe('search on validation classes, the same for each arm; null: none'),
  metric: decidingMetric
    .default('recall_at_1')
    .describe('what is compared: of the last evaluation of a run, never the best'),
  protocol: z
    .enum(['paper', 'validation'])
    .default('paper')
    .describe('what pairs are judged on: the test classes, or held-out training classes'),
  budget: z
    .strictObject({
      pairs: z.int().min(1).max(mostPairs).default(12).describe('pairs of runs, one of each arm, at most'),
    })
    .prefault({}),
  first_seed: seed.default(0).describe('pairs are trained with the seeds from this one on'),
  alpha: z
    .number()
    .min(1e-6)
    .max(0.5)
    .default(0.05)
    .describe('risk of a wrong decision, over all looks and all arms together'),
  min_effect: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('a gain below this does not count: 0.01 is a point of a rate'),
});

/** What a user posts: arms by name, and a search over the learning rates, are written out before the plan is made. */
export const studyBodySchema = studyRequestSchema.extend({
  arms: z
    .array(z.union([z.enum(knownArms as [string, ...string[]]), armSchema]))
    .min(2)
    .max(8)
    .describe(
      `${knownArms.join(', ')}, or settings of one's own; the first is the baseline that the others are compared with`,
    ),
  tune: tuneSchema
    .extend({
      space: searchSpaceSchema
        .optional()
        .describe(
          'fields that are tuned for each arm; left out: the learning rates, from a tenth of the preset to ten times it',
        ),
    })
    .nullable()
    .default(null)
    .describe('search on validation classes, the same for each arm; null: none'),
});
export type StudyRequest = z.infer<typeof studyRequestSchema>;
export type StudyArm = StudyRequest['arms'][number];

/** Fields that the study itself chooses for each run. */
const chosenByStudy = ['seed', 'protocol', 'fold', 'folds', 'name', 'tags'];

/** Parses what a user asks; fields of the runs are checked when they are made. @throws ConfigError */
export function parseStudyRequest(request: unknown): StudyRequest {
  const study = parseRequest(studyRequestSchema, Object.keys(studyRequestSchema.shape), withKnownArms(request));
  const issues = [...checkArms(study), ...checkTuning(study), ...checkSeeds(study)];
  if (issues.length > 0) throw new ConfigError(issues);
  return study;
}

function checkArms({ arms, base }: StudyRequest): ConfigIssue[] {
  const places = [
    { at: 'base', fields: base },
    ...arms.map(({ set }, index) => ({ at: `arms.${index}.set`, fields: set })),
    ...arms.map(({ space }, index) => ({ at: `arms.${index}.space`, fields: space })),
  ];
  const chosen = places.flatMap(({ at, fields }) =>
    Object.entries(fields)
      .filter(([field]) => chosenByStudy.includes(field))
      .map(([field, value]) => ({ field: `${at}.${field}`, value, reason: 'is chosen by the study itself' })),
  );
  const names = arms.map(({ name }) => name);
  const twice = arms.flatMap(({ name }, index) =>
    names.indexOf(name) < index ? [{ field: `arms.${index}.name`, value: name, reason: 'names another arm too' }] : [],
  );
  return [...chosen, ...twice];
}

function checkTuning({ arms, base, tune }: StudyRequest): ConfigIssue[] {
  const spaces = [
    ...(tune === null ? [] : [{ at: 'tune.space', space: tune.space }]),
    ...arms.map(({ space }, index) => ({ at: `arms.${index}.space`, space })),
  ];
  const issues = spaces.flatMap(({ at, space }) => checkSearchSpace(space, at));
  for (const [index, { set, space }] of arms.entries()) {
    if (tune === null && Object.keys(space).length > 0) {
      issues.push({
        field: `arms.${index}.space`,
        value: space,
        reason: 'needs tune, which says how many trials there are',
      });
    }
    const searched = { ...tune?.space, ...space };
    for (const field of Object.keys(searched)) {
      const elsewhere = field in set ? `arms.${index}.set` : field in base ? 'base' : null;
      if (elsewhere !== null) {
        issues.push({
          field: `${elsewhere}.${field}`,
          value: { ...base, ...set }[field],
          reason: 'is also tuned; name it once',
        });
      }
    }
  }
  return issues;
}

/** Runs that chose a setting may not judge it again. */
function checkSeeds({ tune, first_seed: first, budget, protocol }: StudyRequest): ConfigIssue[] {
  if (protocol === 'paper') return [];
  const last = first + budget.pairs - 1;
  const shared = (tune?.seeds ?? []).find((one) => one >= first && one <= last);
  if (shared === undefined) return [];
  const reason = `is a seed of the pairs too (${first} to ${last}), so tuning would have seen what it is judged by`;
  return [{ field: 'tune.seeds', value: shared, reason }];
}
