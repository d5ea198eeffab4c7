import type { Environment } from '@spherelab/config';

/** Facts of the environment under which the same picture gives the same bits. */
const decisive = [
  'cpu',
  'platform',
  'tensorflow',
  'onednn',
  'libvips',
  'intra_op_threads',
  'inter_op_threads',
  'device',
];

/** As text, for a hash of what a result follows from. */
export function decisiveFacts(environment: Environment): string {
  return decisive.map((fact) => `\n${fact} ${environment[fact] ?? ''}`).join('');
}
