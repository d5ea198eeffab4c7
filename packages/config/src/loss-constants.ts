/** The losses by the reference's command-line names (`--use_loss`). */
export const lossNames = ['triplet', 'semihtriplet', 'n-npair', 'ms'] as const;
export type LossName = (typeof lossNames)[number];

export const lossConstantFields = ['margin', 'scale', 'alpha', 'beta', 'base'] as const;
export type LossConstantField = (typeof lossConstantFields)[number];

export type SourcedValue<T> = { readonly value: T; readonly source: string };

/** Constants of each loss as the reference sets them; a field that is absent does not belong to the loss. */
export const lossConstants: Readonly<
  Record<LossName, Readonly<Partial<Record<LossConstantField, SourcedValue<number>>>>>
> = {
  triplet: { margin: { value: 1, source: 'loss.py:9' } },
  semihtriplet: { margin: { value: 0.2, source: 'loss.py:52' } },
  // Rows are scaled by 5 after normalising, so logits are 25 x cosine.
  'n-npair': { scale: { value: 5, source: 'loss.py:134' } },
  ms: {
    alpha: { value: 2, source: 'loss.py:171' },
    beta: { value: 40, source: 'loss.py:172' },
    base: { value: 0.5, source: 'loss.py:169' },
    margin: { value: 0.1, source: 'loss.py:170' },
  },
};
