import {
  backboneNames,
  backboneRecord,
  datasetNames,
  type LossConstant,
  type LossConstantField,
  lossConstantFields,
  lossNames,
  lossRecord,
  optimizerNames,
  optimizerRecord,
} from '@spherelab/catalogue';
import { z } from 'zod';

const count = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum);
const weight = z.number().min(0).max(1e6);
const learningRate = z.number().gt(0).max(10);
const maxStages = Math.max(...backboneNames.map((name) => backboneRecord(name).stages.length));
const datasetPattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** What a field means whose values have records: `name: what it is; ...`, and each by itself. */
function abouts<N extends string>(names: readonly N[], record: (name: N) => { readonly about: string }) {
  return {
    description: names.map((name) => `${name}: ${record(name).about}`).join('; '),
    'x-abouts': Object.fromEntries(names.map((name) => [name, record(name).about])),
  };
}

/** Marks fields with the part of the form that they stand in. */
function inGroup<F extends Readonly<Record<string, z.ZodType>>>(group: string, fields: F): F {
  const marked = Object.entries(fields).map(([name, field]) => [name, field.meta({ 'x-group': group })] as const);
  return Object.fromEntries(marked) as F;
}

/** A field that is a constant of one or several losses; each loss has bounds of its own within it (checkExperiment). */
function constantOf(field: LossConstantField): z.ZodNumber {
  const owners = lossNames.flatMap((name) => {
    const constant = lossRecord(name).constants[field];
    return constant === undefined ? [] : [[name, constant] as const];
  });
  const bounds: readonly LossConstant[] = owners.map(([, constant]) => constant);
  const minimum = Math.min(...bounds.map((constant) => constant.minimum));
  const isExclusive = bounds.every((constant) => constant.minimum > minimum || constant.exclusive === true);
  const number = z.number().max(Math.max(...bounds.map((constant) => constant.maximum)));
  return (isExclusive ? number.gt(minimum) : number.min(minimum)).meta({
    description: owners.map(([name, { about, value }]) => `${name}: ${about} (${value})`).join('; '),
    'x-losses': owners.map(([name]) => name),
  });
}

const constantFields = Object.fromEntries(lossConstantFields.map((field) => [field, constantOf(field)])) as {
  readonly [F in LossConstantField]: z.ZodNumber;
};

/** Hyper-parameters of one experiment: flat, snake_case, named as the reference's flags. */
export const hyperParameterFields = {
  ...inGroup('What', {
    dataset: z
      .string()
      .max(100)
      .regex(datasetPattern, 'must be the name of a data set, not a path')
      .meta({
        description: `${datasetNames.join(', ')}, or a folder under the data root`,
        'x-known': datasetNames,
      }),
    loss: z.enum(lossNames).meta(abouts(lossNames, lossRecord)),
    sec_wei: weight.describe('weight of the spherical embedding constraint; 0 is off'),
    sec_ramp: z.boolean().meta({
      description: 'sec_wei grows linearly from 0 at the first step to its value at the last',
      'x-needs': ['sec_wei'],
    }),
    l2reg_wei: weight.describe('weight of the L2 regulariser on embedding norms; 0 is off'),
    norm_momentum: z
      .number()
      .gt(0)
      .max(1)
      .meta({
        description: 'momentum of the running mean norm of SEC; 1 is the mean of the batch alone',
        'x-needs': ['sec_wei'],
      }),
    ...constantFields,
  }),
  ...inGroup('Network', {
    backbone: z.enum(backboneNames).meta(abouts(backboneNames, backboneRecord)),
    need_bn: z.boolean().describe('batch norm in the head, between pooling and the linear layer'),
    freeze_bn: z.boolean().describe('backbone batch norms keep their running statistics and are not trained'),
    freeze_stages: count(0, maxStages).describe(
      'the first stages of the backbone stay as they came, and their output is computed once for each picture, so without augmentation; 0: none, all of them: the head alone is trained',
    ),
    embedding_dim: count(2, 4096).describe('size of the embedding'),
    image_size: count(16, 512).describe('side of the square crop, px'),
    weights: z
      .string()
      .max(200)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be "random" or the name of a file under <data root>/weights')
      .describe('"random" or a file under <data root>/weights'),
  }),
  ...inGroup('Training', {
    batch_size: count(2, 4096).describe('images a batch'),
    instances: count(2, 256).describe('images a class in a batch'),
    optimizer: z.enum(optimizerNames).meta(abouts(optimizerNames, optimizerRecord)),
    momentum: z
      .number()
      .min(0)
      .lt(1)
      .meta({
        description: 'momentum of sgd',
        'x-optimizers': optimizerNames.filter((name) => 'momentum' in optimizerRecord(name).settings),
      }),
    lr: learningRate.describe('learning rate of the head'),
    lr_p: learningRate.describe('learning rate of the backbone'),
    lr_proxies: learningRate.meta({
      description: 'learning rate of the vectors that a loss learns for each training class',
      'x-losses': lossNames.filter((name) => lossRecord(name).proxies),
    }),
    lr_gamma: z
      .number()
      .gt(0)
      .max(1)
      .meta({ description: 'factor of every learning rate at each milestone', 'x-needs': ['milestones'] }),
    milestones: z.array(count(0, 1e7)).max(100).describe('steps whose update already uses the lowered learning rate'),
    weight_decay: z.number().min(0).max(10).describe('L2 weight decay, added to the gradient'),
    steps: count(1, 1e7).describe("last step, counted from 0 as the reference's: normally steps + 1 updates"),
    seed: count(0, 2 ** 31 - 1).describe('seed of initial weights, batches and augmentation'),
  }),
  ...inGroup('Measuring', {
    eval_every: count(1, 1e7).describe('steps between evaluations'),
    log_every: count(1, 1e7).describe('steps over which train_loss is averaged'),
    checkpoint_every: count(1, 1e7).describe('steps between checkpoints'),
    protocol: z.enum(['paper', 'validation']).describe('evaluate on the test classes, or on held-out training classes'),
    folds: count(2, 20).meta({
      description:
        'with protocol validation: cut the training classes into so many equal parts; left out: the last 30 % are held out',
      'x-protocols': ['validation'],
    }),
    fold: count(0, 19).meta({
      description: 'with folds: the part that is held out, from 0 to folds - 1; the others train',
      'x-protocols': ['validation'],
    }),
  }),
  ...inGroup('Run', {
    preset_policy: z.enum(['paper', 'matched']).describe("each cell's own setting, or only swept fields differ"),
    device: z.enum(['any', 'cpu', 'gpu']).describe('where it may run; not part of the identity'),
  }),
};

/** Tags that an experiment may have. */
export const mostTags = 20;

/** What people call an experiment; not part of its identity. */
export const labelFields = inGroup('Run', {
  name: z.string().min(1).max(200).nullable().describe('a name for people'),
  tags: z.array(z.string().min(1).max(50)).max(mostTags).describe('labels to filter by'),
  priority: count(0, 100).describe('higher runs first'),
});

/** Fields that only some losses, optimizers or protocols have. */
const optionalFields = z
  .object({
    ...constantFields,
    momentum: hyperParameterFields.momentum,
    lr_proxies: hyperParameterFields.lr_proxies,
    folds: hyperParameterFields.folds,
    fold: hyperParameterFields.fold,
  })
  .partial().shape;

/** A complete experiment, as stored: every value present, constants and settings only those of its loss and optimizer, folds only where asked for. */
export const experimentConfigSchema = z
  .strictObject({ ...hyperParameterFields, ...labelFields, ...optionalFields })
  .readonly();
export type ExperimentConfig = z.infer<typeof experimentConfigSchema>;
export type ExperimentField = keyof ExperimentConfig;

/** What a user posts: the data set, the loss, and whatever differs from the preset. */
export const experimentRequestSchema = z
  .strictObject({ ...hyperParameterFields, ...labelFields })
  .partial()
  .required({ dataset: true, loss: true });
export type ExperimentRequest = z.infer<typeof experimentRequestSchema>;

/** Field names in display order. */
export const experimentFields = Object.keys(experimentRequestSchema.shape) as readonly ExperimentField[];
