import type { LossName, SourcedValue } from '../loss-constants.ts';

/** Images a class in a batch, as the reference's README asks for; its own default is 3 whatever the loss (config.py:17). */
export const instancesOf = {
  triplet: { value: 3, source: 'readme' },
  semihtriplet: { value: 3, source: 'readme' },
  'n-npair': { value: 2, source: 'readme' },
  ms: { value: 5, source: 'readme' },
} as const satisfies Record<LossName, SourcedValue<number>>;
