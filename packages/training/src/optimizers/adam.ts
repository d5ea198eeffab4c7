import type { GraphBuilder, NodeName } from '@spherelab/tensorflow';
import type { OptimizerRule } from './optimizer-rule.ts';

/** The library's defaults, which the reference leaves as they are (learner.py:69-74). */
const betas = [0.9, 0.999] as const;

/**
 * By how much a moment moves towards the gradient, as TensorFlow's kernel works it out: 1 - beta in float32, which for
 * 0.999 is 1.3e-5 (relative) off. The bias corrections take the same value, or the first updates would be off by half
 * of that; with it the corrected moments are the same weighted means as torch's.
 */
export const momentSteps = betas.map((beta) => Math.fround(1 - Math.fround(beta))) as [number, number];

const epsilon = 1e-8;

/** What changes from update to update; scalars worked out in float64 and fed. */
export type AdamRates = {
  /** Learning rate after both bias corrections: lr sqrt(1 - beta2^t) / (1 - beta1^t). */
  readonly lr: number;
  /** 1e-8 sqrt(1 - beta2^t), for a formula that adds epsilon to the uncorrected root. */
  readonly epsilon: number;
};

/**
 * The rates of update number `t`, counted from 1. With them w' = w - lr m' / (sqrt(v') + epsilon) is the formula of
 * torch 2.13 (golden/optimizer, adam_only); torch 1.1 does not scale epsilon, which differs for gradients near it only.
 */
export function adamRates(lr: number, t: number): AdamRates {
  const [first, second] = momentSteps;
  const secondMomentScale = Math.sqrt(1 - (1 - second) ** t);
  return { lr: (lr * secondMomentScale) / (1 - (1 - first) ** t), epsilon: epsilon * secondMomentScale };
}

export const adam: OptimizerRule = {
  momentKeys: (parameter) => [`adam.m.${parameter}`, `adam.v.${parameter}`],
  feeds: ['epsilon'],
  rate: (lr, t) => adamRates(lr, t).lr,
  feed: (t) => ({ epsilon: adamRates(0, t).epsilon }),
  apply: (graph, { parameter, moments, lr, gradient, fed }) => {
    const [m, v] = moments as [string, string];
    return applyAdam(graph, { parameter, m, v }, { lr, epsilon: fed('epsilon'), gradient });
  },
};

/** TensorFlow's fused Adam. Both powers are 0: the corrections are in `lr`, worked out in float64, where 1 - 0.999 would lose four digits. */
function applyAdam(
  graph: GraphBuilder,
  variables: { readonly parameter: string; readonly m: string; readonly v: string },
  nodes: { readonly lr: NodeName; readonly epsilon: NodeName; readonly gradient: NodeName },
): NodeName {
  const zero = graph.scalar(0);
  const scalars = [zero, zero, nodes.lr, graph.scalar(betas[0]), graph.scalar(betas[1]), nodes.epsilon];
  const { parameter, m, v } = variables;
  return graph.applyOptimizer('ResourceApplyAdam', [parameter, m, v], [...scalars, nodes.gradient]);
}
