import type { ParameterGroup } from '@spherelab/models';

/** Learning rates by the parameters that learn at them; `lrProxies` is used only where a loss learns vectors of its own. */
export type LearningRates = {
  /** Of the head. */
  readonly lr: number;
  /** Of the backbone. */
  readonly lrP: number;
  readonly lrProxies: number;
};

/** The learning rate that a group learns at (learner.py:61-74; proxies are ours). */
export function rateOf(group: ParameterGroup): keyof LearningRates {
  if (group === 'proxies') return 'lrProxies';
  return group.startsWith('backbone') ? 'lrP' : 'lr';
}

/**
 * Weight decay of a group: batch norms have none (learner.py:61-74), and proxies none either, for a loss takes their
 * direction alone.
 */
export function decayOf(group: ParameterGroup, weightDecay: number): number {
  return group.endsWith('-bn') || group === 'proxies' ? 0 : weightDecay;
}
