import { z } from 'zod';
import { lossNames } from './loss-constants.ts';

const count = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum);
const weight = z.number().min(0).max(1e6);
const learningRate = z.number().gt(0).max(10);
const datasetPattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Hyper-parameters of one experiment: flat, snake_case, named as the reference's flags. */
export const hyperParameterFields = {
  dataset: z
    .string()
    .max(100)
    .regex(datasetPattern, 'must be the name of a data set, not a path')
    .describe('cub, cars, sop, inshop, shapes, or a folder under the data root'),
  loss: z.enum(lossNames).describe('metric loss'),
  sec_wei: weight.describe('weight of the spherical embedding constraint; 0 is off'),
  l2reg_wei: weight.describe('weight of the L2 regulariser on embedding norms; 0 is off'),
  norm_momentum: z
    .number()
    .gt(0)
    .max(1)
    .describe('momentum of the running mean norm; 1 is the mean of the batch alone'),
  margin: z.number().min(0).max(10).describe('margin of triplet, semihtriplet and ms'),
  scale: z.number().gt(0).max(100).describe('scale of the normalised rows in n-npair'),
  alpha: z.number().gt(0).max(1000).describe('scale of positive pairs in ms'),
  beta: z.number().gt(0).max(1000).describe('scale of negative pairs in ms'),
  base: z.number().min(-1).max(1).describe('similarity threshold in ms'),
  backbone: z.enum(['bn_inception', 'conv_small']).describe('network'),
  need_bn: z.boolean().describe('batch norm in the head, between pooling and the linear layer'),
  freeze_bn: z.boolean().describe('backbone batch norms keep their running statistics and are not trained'),
  embedding_dim: count(2, 4096).describe('size of the embedding'),
  image_size: count(16, 512).describe('side of the square crop, px'),
  weights: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be "random" or the name of a file under <data root>/weights')
    .describe('"random" or a file under <data root>/weights'),
  batch_size: count(2, 4096).describe('images a batch'),
  instances: count(2, 256).describe('images a class in a batch'),
  lr: learningRate.describe('learning rate of the head'),
  lr_p: learningRate.describe('learning rate of the backbone'),
  lr_gamma: z.number().gt(0).max(1).describe('factor of every learning rate at each milestone'),
  milestones: z.array(count(0, 1e7)).max(100).describe('steps whose update already uses the lowered learning rate'),
  weight_decay: z.number().min(0).max(10).describe('L2 weight decay, added to the gradient'),
  steps: count(1, 1e7).describe("last step, counted from 0 as the reference's: normally steps + 1 updates"),
  seed: count(0, 2 ** 31 - 1).describe('seed of initial weights, batches and augmentation'),
  eval_every: count(1, 1e7).describe('steps between evaluations'),
  log_every: count(1, 1e7).describe('steps over which train_loss is averaged'),
  checkpoint_every: count(1, 1e7).describe('steps between checkpoints'),
  protocol: z.enum(['paper', 'validation']).describe('evaluate on the test classes, or on held-out training classes'),
  preset_policy: z.enum(['paper', 'matched']).describe("each cell's own setting, or only swept fields differ"),
  device: z.enum(['any', 'cpu', 'gpu']).describe('where it may run; not part of the identity'),
} as const;

/** What people call an experiment; not part of its identity. */
export const labelFields = {
  name: z.string().min(1).max(200).nullable().describe('a name for people'),
  tags: z.array(z.string().min(1).max(50)).max(20).describe('labels to filter by'),
  priority: count(0, 100).describe('higher runs first'),
} as const;

const lossConstantsOptional = {
  margin: hyperParameterFields.margin.optional(),
  scale: hyperParameterFields.scale.optional(),
  alpha: hyperParameterFields.alpha.optional(),
  beta: hyperParameterFields.beta.optional(),
  base: hyperParameterFields.base.optional(),
};

/** A complete experiment, as stored: every value present, loss constants only those of its loss. */
export const experimentConfigSchema = z
  .strictObject({ ...hyperParameterFields, ...labelFields, ...lossConstantsOptional })
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
