import { type LossConstantField, lossRecord } from '@spherelab/catalogue';
import type { ExperimentConfig } from '@spherelab/config';
import type { LossSettings } from '@spherelab/losses';

/** The loss of an experiment with its constants, all of which a complete config has. */
export function lossSettingsOf(config: ExperimentConfig): LossSettings {
  const fields = Object.keys(lossRecord(config.loss).constants) as LossConstantField[];
  return { name: config.loss, ...Object.fromEntries(fields.map((field) => [field, config[field]])) };
}
