import { readFileSync } from 'node:fs';
import path from 'node:path';
import { canonicalDatasetName, type LossName, type Regulariser, regularisers } from '@spherelab/catalogue';
import { describe, expect, it } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import { type ExperimentConfig, resolveExperiment } from '../src/index.ts';

type Sourced = { readonly value: unknown; readonly source: string };
type Recipe = {
  readonly dataset: string;
  readonly loss: string;
  readonly regulariser?: string;
  readonly args: Readonly<Record<string, unknown>>;
};
type Defaults = {
  readonly datasets: Record<string, Record<LossName, Record<string, Record<string, Sourced>>>>;
  readonly common: Record<string, Sourced>;
  readonly readme_recipes: readonly Recipe[];
};

const reference = JSON.parse(readFileSync(path.join(goldenRoot(), 'reference-defaults.json'), 'utf8')) as Defaults;
const weights: Readonly<Record<Regulariser, object>> = { none: {}, sec: { sec_wei: 1 }, l2reg: { l2reg_wei: 1e-4 } };

/** Fields of the reference's defaults under our names. */
const fieldOf: Readonly<Record<string, keyof ExperimentConfig>> = {
  batch_size: 'batch_size',
  instances: 'instances',
  freeze_bn: 'freeze_bn',
  sec_wei: 'sec_wei',
  norm_momentum: 'norm_momentum',
  l2reg_wei: 'l2reg_wei',
  lr: 'lr',
  lr_p: 'lr_p',
  weight_decay: 'weight_decay',
  steps: 'steps',
  lr_gamma: 'lr_gamma',
  step_milestones: 'milestones',
  board_loss_every: 'log_every',
  evaluate_every: 'eval_every',
  save_every: 'checkpoint_every',
  need_bn: 'need_bn',
  embedding_dim: 'embedding_dim',
};

/** Entries that are no field of ours: flags that change nothing here, and facts that other rooms' tests hold. */
const elsewhere = [
  'num_workers',
  'start_eval',
  'use_simple_aug',
  'start_step',
  'effective_lr_from_step',
  'optimizer',
  'weight_decay_applies_to',
  'loss_constants',
];

/** What the README says of a cell; more particular recipes last. */
function readmeOf(dataset: string, loss: string, regulariser: Regulariser): Readonly<Record<string, unknown>> {
  const recipes = reference.readme_recipes.filter((recipe) => {
    const own = 'sec_wei' in recipe.args ? 'sec' : 'l2reg_wei' in recipe.args ? 'l2reg' : recipe.regulariser;
    const isForCell = recipe.dataset === 'any' || recipe.dataset === dataset;
    return isForCell && recipe.loss === loss && (own === undefined || own === regulariser);
  });
  return Object.assign({}, ...recipes.map(({ args }) => args)) as Readonly<Record<string, unknown>>;
}

const cells = Object.entries(reference.datasets).flatMap(([dataset, losses]) =>
  Object.entries(losses).flatMap(([loss, variants]) =>
    Object.entries(variants).flatMap(([variant, defaults]) =>
      regularisers.map((regulariser) => ({ dataset, loss: loss as LossName, variant, regulariser, defaults })),
    ),
  ),
);

describe.each(cells)('the preset of $dataset, $loss, $regulariser ($variant)', (cell) => {
  const { dataset, loss, variant, regulariser, defaults } = cell;
  const lrGamma = variant === 'default' ? {} : { lr_gamma: Number(variant.split('=')[1]) };
  const { config, sources } = resolveExperiment({ dataset, loss, ...weights[regulariser], ...lrGamma }, null);
  const readme = readmeOf(dataset, loss, regulariser);

  it("has the reference's values with their file and line, the README's where it has one, and ours where it would crash", () => {
    for (const [name, { value, source }] of Object.entries(defaults)) {
      const field = fieldOf[name];
      if (field === undefined) {
        expect(elsewhere, `${name} has no test`).toContain(name);
        continue;
      }
      const given = { got: config[field], from: sources[field] };
      if (field in { ...weights[regulariser], ...lrGamma }) {
        expect(given.from, field).toBe('user');
      } else if (given.from === 'readme') {
        expect(given.got, field).toEqual(expectedOfReadme(field));
      } else if (given.from === 'ours') {
        // The reference's default cannot run: no milestones for lr_gamma 0.
        expect([dataset, field], field).toEqual(['Cars', 'lr_gamma']);
        expect(defaults.step_milestones?.value).toBeNull();
        expect(given.got).toBe(0.1);
      } else if (value !== null) {
        expect(given.got, field).toEqual(field === 'freeze_bn' ? value === 1 : value);
        expect(source.startsWith(given.from as string), `${field}: ${given.from} is not ${source}`).toBe(true);
      }
    }
  });

  /** need_bn is asked for by hand for plain multi-similarity on any data set; triplet's instances are README's on CUB. */
  function expectedOfReadme(field: string): unknown {
    if (field === 'need_bn' && loss === 'ms' && regulariser === 'none') return false;
    if (field === 'instances' && loss === 'triplet') return 3;
    return readme[field];
  }

  it('follows the README wherever it speaks of the cell', () => {
    for (const [field, value] of Object.entries(readme)) {
      if (field in weights[regulariser] || (field in lrGamma && variant !== 'lr_gamma=0.1')) continue;
      if (field === 'milestones' && variant === 'lr_gamma=0.5') continue;
      expect(config[field as keyof ExperimentConfig], field).toEqual(value);
    }
  });

  it("starts from ImageNet weights at the reference's crop", () => {
    const crop = reference.common.crop;
    expect(config.image_size).toBe(crop?.value);
    expect(crop?.source.startsWith(sources.image_size as string)).toBe(true);
    expect(config).toMatchObject({
      backbone: 'bn_inception',
      weights: 'bn_inception-52deb4733.pth',
      protocol: 'paper',
    });
    expect(config.dataset).toBe(canonicalDatasetName(dataset));
  });

  it('lowers the learning rates when the reference lowers them', () => {
    const expected = defaults.effective_lr_from_step?.value as
      | readonly { readonly step: number; readonly head: number; readonly backbone: number }[]
      | undefined;
    const isOverruled = [sources.lr, sources.lr_p, sources.milestones].includes('readme');
    if (expected === undefined || isOverruled) return;
    const at = (rate: number, step: number) =>
      config.milestones.filter((milestone) => milestone <= step).reduce((lr) => lr * config.lr_gamma, rate);
    for (const { step, head, backbone } of expected) {
      expect([at(config.lr, step), at(config.lr_p, step)]).toEqual([head, backbone]);
      if (step > 0) expect(at(config.lr, step - 1)).not.toBe(head);
    }
    expect(at(config.lr, config.steps)).toBe(expected.at(-1)?.head);
  });
});

describe('presets of the paper', () => {
  it('differ between regularisers in nothing but their weight, except for plain multi-similarity', () => {
    const decisive = (loss: string, regulariser: Regulariser, dataset: string) => {
      const { config } = resolveExperiment({ dataset, loss, ...weights[regulariser] }, null);
      const { sec_wei: _, l2reg_wei: __, ...rest } = config;
      return rest;
    };
    for (const dataset of ['cub', 'cars', 'sop', 'inshop']) {
      for (const loss of ['triplet', 'semihtriplet', 'n-npair']) {
        expect(decisive(loss, 'sec', dataset)).toEqual(decisive(loss, 'none', dataset));
      }
      expect(decisive('ms', 'sec', dataset)).toEqual(decisive('ms', 'l2reg', dataset));
      expect(decisive('ms', 'none', dataset).need_bn).toBe(false);
      expect(decisive('ms', 'sec', dataset).need_bn).toBe(true);
    }
  });
});
