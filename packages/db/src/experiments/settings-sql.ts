/** Fields that decide no number. */
const labels = 'name,tags,priority,device,preset_policy';
/** Fields that decide nothing of a run's first updates (packages/config/src/update-sequence.ts). */
const late = 'steps,lr_gamma,milestones,eval_every,log_every,checkpoint_every';

/** SQL that is equal for runs whose first updates may be the same, as the index experiment_trunk_idx has it; `config` is jsonb. */
export function trunkOf(config: string): string {
  return `md5((${config} - '{${late},${labels}}'::text[])::text)`;
}

/** SQL: two configs, expressions of type jsonb, are of the same experiment. */
export function sameConfig(one: string, other: string): string {
  const decisive = (config: string) => `(${config} - '{${labels}}'::text[])`;
  return `(${trunkOf(one)} = ${trunkOf(other)} AND ${decisive(one)} = ${decisive(other)})`;
}
