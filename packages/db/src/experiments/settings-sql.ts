/** What does not decide numbers, and `steps`, which a longer run has more of; as the index experiment_settings_idx has it. */
const left = '{steps,name,tags,priority,device,preset_policy}';

/** SQL that is equal for runs of one config, whatever their length; `config` is an expression of type jsonb. */
export function settingsOf(config: string): string {
  return `md5((${config} - '${left}'::text[])::text)`;
}
