import type { OptimizerRule } from './optimizer-rule.ts';

/**
 * Stochastic gradient descent with momentum by torch's formula (torch.optim.SGD, no dampening, no Nesterov):
 *
 *   b' = momentum b + g,  w' = w - lr b'          b = 0 before the first update
 *
 * A learning rate that changes scales the whole of b', as torch's does.
 */
export function sgd(momentum: number): OptimizerRule {
  return {
    momentKeys: (parameter) => [`sgd.b.${parameter}`],
    feeds: [],
    rate: (lr) => lr,
    feed: () => ({}),
    apply: (graph, { parameter, moments, lr, gradient }) =>
      graph.applyOptimizer('ResourceApplyMomentum', [parameter, ...moments], [lr, gradient, graph.scalar(momentum)]),
  };
}
