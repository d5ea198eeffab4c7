/** Mean over all triplets of max(0, margin + d_ap - d_an). */
export type TripletSettings = { readonly name: 'triplet'; readonly margin: number };
/** The same hinge with one mined negative for each pair. */
export type SemihardTripletSettings = { readonly name: 'semihtriplet'; readonly margin: number };
/** Rows are multiplied by `scale` after normalising, so logits are scale^2 times the cosine. */
export type NPairSettings = { readonly name: 'n-npair'; readonly scale: number };
/** `alpha` and `beta` scale positives and negatives, `base` is the similarity threshold, `margin` mines pairs. */
export type MultiSimilaritySettings = {
  readonly name: 'ms';
  readonly alpha: number;
  readonly beta: number;
  readonly base: number;
  readonly margin: number;
};

/** A metric loss and its constants, named as the fields of an experiment. */
export type LossSettings = TripletSettings | SemihardTripletSettings | NPairSettings | MultiSimilaritySettings;

/** The losses by the reference's command-line names. */
export type LossName = LossSettings['name'];

/** The reference's constants: loss.py:9, loss.py:52, loss.py:134-136 and loss.py:169-172. */
export const defaultLossSettings: { readonly [Name in LossName]: Extract<LossSettings, { name: Name }> } = {
  triplet: { name: 'triplet', margin: 1 },
  semihtriplet: { name: 'semihtriplet', margin: 0.2 },
  'n-npair': { name: 'n-npair', scale: 5 },
  ms: { name: 'ms', alpha: 2, beta: 40, base: 0.5, margin: 0.1 },
};
