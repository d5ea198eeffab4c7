/** Fields of the form in the order in which a person decides on them. */
export const fieldGroups: readonly (readonly [title: string, fields: readonly string[]])[] = [
  ['What', ['dataset', 'loss', 'sec_wei', 'l2reg_wei', 'norm_momentum', 'margin', 'scale', 'alpha', 'beta', 'base']],
  ['Network', ['backbone', 'weights', 'embedding_dim', 'image_size', 'need_bn', 'freeze_bn']],
  [
    'Training',
    [
      'steps',
      'batch_size',
      'instances',
      'lr',
      'lr_p',
      'lr_gamma',
      'milestones',
      'weight_decay',
      'seed',
      'preset_policy',
    ],
  ],
  ['Measuring', ['protocol', 'eval_every', 'log_every', 'checkpoint_every']],
  ['Run', ['name', 'tags', 'priority', 'device']],
];
