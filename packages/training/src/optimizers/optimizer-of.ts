import type { OptimizerName } from '@spherelab/catalogue';
import { adam } from './adam.ts';
import type { OptimizerRule } from './optimizer-rule.ts';
import { sgd } from './sgd.ts';

/** An optimizer of the catalogue with its settings, as an experiment's config has them. */
export type OptimizerSettings = {
  readonly name: OptimizerName;
  /** Of sgd. */
  readonly momentum?: number;
};

const rules: { readonly [O in OptimizerName]: (settings: OptimizerSettings) => OptimizerRule } = {
  adam: () => adam,
  sgd: ({ momentum = 0 }) => sgd(momentum),
};

export function optimizerOf(settings: OptimizerSettings): OptimizerRule {
  return rules[settings.name](settings);
}
