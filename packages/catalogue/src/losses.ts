import { from, ours, type SourcedValue } from './sourced-value.ts';

/** A constant of a loss: its default with the source, and what a user may set it to. */
export type LossConstant = SourcedValue<number> & {
  readonly about: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Whether the minimum itself is refused. */
  readonly exclusive?: true;
};

/** Everything about a metric loss but its formula, which packages/losses has in the file of the title's name. */
export type LossRecord = {
  /** For people; in lower case with dashes, the name of its file in packages/losses/src/metric-losses. */
  readonly title: string;
  /** What it is, in one sentence. */
  readonly about: string;
  readonly source: string;
  /** What of the source one might not expect, and is kept (docs/paper-map.md). */
  readonly quirk: string;
  /** By the field of an experiment. */
  readonly constants: Readonly<Record<string, LossConstant>>;
  /** Images a class in a batch. */
  readonly instances: SourcedValue<number>;
  /**
   * Which batches it takes. `any`: classes of any size; `equal`: two or more rows of each class, all of one size;
   * `instances`: exactly the experiment's `instances` rows of each of two or more classes.
   */
  readonly composition: 'any' | 'equal' | 'instances';
  /** Whether it learns a vector for each training class; these are part of a checkpoint and have a learning rate of their own. */
  readonly proxies: boolean;
  /** Whose numbers the golden tests hold. */
  readonly golden: GoldenSource;
};

/** The reference's own run, or a loss of pytorch-metric-learning made by scripts/golden/losses.py. */
export type GoldenSource =
  | 'reference'
  | {
      readonly pml: string;
      /** Arguments of its constructor: our field or a number. */
      readonly arguments: Readonly<Record<string, string | number>>;
    };

/** The losses by the names of the field `loss`: first those of the paper, by the reference's command-line names. */
export const losses = {
  triplet: {
    title: 'Triplet',
    about: 'hinge over all triplets of a batch: a negative farther than the positive by the margin costs nothing',
    source: 'reference, loss.py:9',
    quirk: 'the divisor counts inactive triplets too',
    constants: {
      margin: { ...from('loss.py:9', 1), about: 'margin between squared distances', minimum: 0, maximum: 10 },
    },
    instances: from('readme', 3),
    composition: 'instances',
    proxies: false,
    golden: 'reference',
  },
  semihtriplet: {
    title: 'Semihard triplet',
    about: 'the same hinge with one negative for each positive pair: the nearest that is farther than the positive',
    source: 'reference, loss.py:52',
    quirk: 'the farthest negative where none is semihard',
    constants: {
      margin: { ...from('loss.py:52', 0.2), about: 'margin between squared distances', minimum: 0, maximum: 10 },
    },
    instances: from('readme', 3),
    composition: 'any',
    proxies: false,
    golden: 'reference',
  },
  'n-npair': {
    title: 'N-pair',
    about: 'softmax over one positive and the positives of all other classes, on normalised rows (tuplet loss)',
    source: 'reference, loss.py:134-136',
    quirk: 'the first and second row of a class alone',
    constants: {
      // Rows are scaled by 5 after normalising, so logits are 25 x cosine.
      scale: {
        ...from('loss.py:134', 5),
        about: 'scale of the normalised rows',
        minimum: 0,
        exclusive: true,
        maximum: 100,
      },
    },
    instances: from('readme', 2),
    composition: 'equal',
    proxies: false,
    golden: 'reference',
  },
  ms: {
    title: 'Multi-similarity',
    about: 'soft maxima over the mined positive and negative pairs of each row',
    source: 'reference, loss.py:169-185',
    quirk: 'a skipped anchor gives 0 and counts in the divisor',
    constants: {
      alpha: {
        ...from('loss.py:171', 2),
        about: 'scale of positive pairs',
        minimum: 0,
        exclusive: true,
        maximum: 1000,
      },
      beta: {
        ...from('loss.py:172', 40),
        about: 'scale of negative pairs',
        minimum: 0,
        exclusive: true,
        maximum: 1000,
      },
      base: { ...from('loss.py:169', 0.5), about: 'similarity threshold', minimum: -1, maximum: 1 },
      margin: { ...from('loss.py:170', 0.1), about: 'margin of the mining of pairs', minimum: 0, maximum: 10 },
    },
    instances: from('readme', 5),
    composition: 'any',
    proxies: false,
    golden: 'reference',
  },
  contrastive: {
    title: 'Contrastive',
    about: 'positive pairs are pulled together, negative pairs pushed apart until they are farther than a margin',
    source: 'pytorch-metric-learning 2.8, losses/contrastive_loss.py',
    quirk: 'pairs without loss are left out of the averages; rows nearer than 1e-3 count as equal',
    constants: {
      pos_margin: {
        ...from('losses/contrastive_loss.py', 0),
        about: 'distance below which a positive pair costs nothing',
        minimum: 0,
        maximum: 2,
      },
      neg_margin: {
        ...from('losses/contrastive_loss.py', 1),
        about: 'distance above which a negative pair costs nothing',
        minimum: 0,
        maximum: 2,
      },
    },
    instances: ours(3),
    composition: 'any',
    proxies: false,
    golden: { pml: 'ContrastiveLoss', arguments: { pos_margin: 'pos_margin', neg_margin: 'neg_margin' } },
  },
  supcon: {
    title: 'SupCon',
    about: 'softmax of the positives of each row over all other rows; NT-Xent where batches hold pairs (instances 2)',
    source: 'pytorch-metric-learning 2.8, losses/supcon_loss.py',
    quirk:
      'a batch without a positive or without a negative pair gives 0; rows without loss are left out of the average',
    constants: {
      temperature: {
        ...from('losses/supcon_loss.py', 0.1),
        about: 'divisor of the cosines',
        minimum: 0.001,
        maximum: 10,
      },
    },
    instances: ours(2),
    composition: 'any',
    proxies: false,
    golden: { pml: 'SupConLoss', arguments: { temperature: 'temperature' } },
  },
  circle: {
    title: 'Circle',
    about: 'soft hinge over the hardest pairs of each row, in which a pair far from its optimum weighs more',
    source: 'pytorch-metric-learning 2.8, losses/circle_loss.py',
    quirk: 'a row without a positive or a negative pair, or without loss, is left out of the average',
    constants: {
      margin: {
        ...from('losses/circle_loss.py', 0.4),
        about: 'm: optima are 1 + m and -m, boundaries 1 - m and m',
        minimum: 0,
        maximum: 1,
      },
      scale: {
        ...from('losses/circle_loss.py', 80),
        about: 'gamma, factor of the weighted cosines',
        minimum: 0,
        exclusive: true,
        maximum: 1000,
      },
    },
    instances: ours(4),
    composition: 'any',
    proxies: false,
    golden: { pml: 'CircleLoss', arguments: { m: 'margin', gamma: 'scale' } },
  },
  proxy_anchor: {
    title: 'Proxy anchor',
    about:
      'a learned vector for each training class attracts the rows of its class and repels all others, by soft maxima',
    source: 'pytorch-metric-learning 2.8, losses/proxy_anchor_loss.py',
    quirk: 'attraction is averaged over the classes of the batch, repulsion over all training classes',
    constants: {
      margin: {
        ...from('losses/proxy_anchor_loss.py', 0.1),
        about: 'cosine beyond which a row costs little',
        minimum: 0,
        maximum: 1,
      },
      alpha: {
        ...from('losses/proxy_anchor_loss.py', 32),
        about: 'scale of the cosines',
        minimum: 0,
        exclusive: true,
        maximum: 1000,
      },
    },
    instances: ours(3),
    composition: 'any',
    proxies: true,
    golden: { pml: 'ProxyAnchorLoss', arguments: { margin: 'margin', alpha: 'alpha' } },
  },
  arcface: {
    title: 'ArcFace',
    about:
      'softmax over cosines with a learned vector for each training class, whose own angle is made harder by a margin',
    source: 'pytorch-metric-learning 2.8, losses/arcface_loss.py',
    quirk: 'an own angle beyond 180 degrees less the margin takes cos - margin sin margin instead',
    constants: {
      margin: {
        ...from('losses/arcface_loss.py', 28.6),
        about: 'margin of the own angle, degrees',
        minimum: 0,
        maximum: 90,
      },
      scale: {
        ...from('losses/arcface_loss.py', 64),
        about: 'scale of the cosines',
        minimum: 0,
        exclusive: true,
        maximum: 1000,
      },
    },
    instances: ours(3),
    composition: 'any',
    proxies: true,
    golden: { pml: 'ArcFaceLoss', arguments: { margin: 'margin', scale: 'scale' } },
  },
} as const satisfies Readonly<Record<string, LossRecord>>;

export type LossName = keyof typeof losses;

type Losses = typeof losses;
/** Fields of an experiment that are constants of some loss. */
export type LossConstantField = { [L in LossName]: keyof Losses[L]['constants'] }[LossName];
/** The constants of one loss by field. */
export type LossConstantsOf<L extends LossName> = Readonly<Record<keyof Losses[L]['constants'], number>>;

export const lossNames = Object.keys(losses) as readonly LossName[];

/** The losses of the published table, in its order. */
export const paperLossNames = lossNames.filter((name) => lossRecord(name).golden === 'reference');

export const lossConstantFields = [
  ...new Set(lossNames.flatMap((name) => Object.keys(lossRecord(name).constants))),
] as readonly LossConstantField[];

/** The record of a loss in its general type. */
export function lossRecord(name: LossName): LossRecord {
  return losses[name];
}
