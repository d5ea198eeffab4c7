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

/** A metric loss and its constants, named as the fields of an experiment. The caller gives them: none stands here. */
export type LossSettings = TripletSettings | SemihardTripletSettings | NPairSettings | MultiSimilaritySettings;

/** The losses by the reference's command-line names. */
export type LossName = LossSettings['name'];
