import type { LayoutTensors } from '@spherelab/losses';

/** Placeholders and outputs of the recorded graph; what a session feeds and fetches. */
export const stepGraph = {
  /** Entry point `step`: one update; fetching `scalars` carries it out. */
  input: 'input',
  momentum: 'momentum',
  lr: 'lr',
  lrP: 'lr_p',
  lrProxies: 'lr_proxies',
  /** Each only where its weight is not 0. */
  secWeight: 'sec_weight',
  l2regWeight: 'l2reg_weight',
  weightDecay: 'weight_decay',
  /** What the optimizer wants fed beside the learning rates. */
  optimizer: (name: string): string => name,
  layout: (part: keyof LayoutTensors): string => `layout_${part}`,
  scalars: 'scalars',
  /** Entry point `embed`, from a placeholder of its own. */
  embedInput: 'embed_input',
  embeddings: 'embeddings',
  pooled: 'pooled',
  /** Entry point `restore`: fetching it assigns what is fed for every variable. */
  restore: (index: number): string => `restore_${index}`,
  restored: 'restored',
  /** Entry point `read`. */
  value: (index: number): string => `value_${index}`,
} as const;
