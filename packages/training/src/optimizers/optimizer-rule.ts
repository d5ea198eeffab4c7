import type { GraphBuilder, NodeName } from '@spherelab/tensorflow';

/** One parameter's update in the graph. */
export type UpdateNodes = {
  /** Names of variables. */
  readonly parameter: string;
  readonly moments: readonly string[];
  /** float32 scalar as `rate` gives it, and the gradient with its weight decay. */
  readonly lr: NodeName;
  readonly gradient: NodeName;
  /** The placeholder of a name in `feeds`. */
  readonly fed: (name: string) => NodeName;
};

/** How parameters follow their gradients. Everything that depends on the number of the update is fed, so one graph serves all. */
export type OptimizerRule = {
  /** Keys of the arrays that it keeps for a parameter, of the parameter's shape and 0 at the start; in checkpoints' order. */
  readonly momentKeys: (parameter: string) => readonly string[];
  /** Names of scalars that are fed beside the learning rates. */
  readonly feeds: readonly string[];
  /** The learning rate to feed for update `t`, counted from 1. */
  readonly rate: (lr: number, t: number) => number;
  /** The other scalars of update `t`, by the names in `feeds`. */
  readonly feed: (t: number) => Readonly<Record<string, number>>;
  /** Adds the update to the graph. @returns the node that carries it out */
  readonly apply: (graph: GraphBuilder, nodes: UpdateNodes) => NodeName;
};
