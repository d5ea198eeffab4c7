import { from, ours, type SourcedValue } from './sourced-value.ts';

/** A rule by which parameters follow their gradients. */
export type OptimizerRecord = {
  readonly about: string;
  readonly source: string;
  /** Settings that an experiment has under this optimizer alone, by field. */
  readonly settings: Readonly<Partial<Record<'momentum', SourcedValue<number>>>>;
};

export const optimizers = {
  adam: {
    about: 'Adam with betas 0.9 and 0.999 and epsilon 1e-8',
    source: 'reference, learner.py:69-74',
    settings: {},
  },
  sgd: {
    about: "stochastic gradient descent with momentum, torch's formula: b = momentum b + g, w = w - lr b",
    source: 'torch.optim.SGD',
    settings: { momentum: ours(0.9) },
  },
} as const satisfies Readonly<Record<string, OptimizerRecord>>;

export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = Object.keys(optimizers) as readonly OptimizerName[];

/** The record of an optimizer in its general type. */
export function optimizerRecord(name: OptimizerName): OptimizerRecord {
  return optimizers[name];
}

/** The optimizer of every experiment that does not name one. */
export const defaultOptimizer = from<OptimizerName>('learner.py:69-74', 'adam');
