import type { ExperimentConfig } from '@spherelab/config';
import { defaultLossSettings, type LossSettings } from '@spherelab/losses';

/** The loss of an experiment with its constants. */
export function lossSettingsOf(config: ExperimentConfig): LossSettings {
  const settings = { ...defaultLossSettings[config.loss] };
  const constants = Object.keys(settings).filter((key) => key !== 'name');
  const given = constants.map((key) => [key, config[key as keyof ExperimentConfig]] as const);
  const defined = given.filter(([, value]) => value !== undefined);
  return Object.assign(settings, Object.fromEntries(defined)) as LossSettings;
}
