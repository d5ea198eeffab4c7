import type { Rungs } from '../api/types.ts';
import { settingsText } from '../words/settings-text.ts';

type Rung = Rungs['rungs'][number];

/** The settings of a rung in words, the best first, those without a mean last. */
export function rungConfigs({
  configs,
}: Pick<Rung, 'configs'>): { readonly settings: string; readonly config: Rung['configs'][number] }[] {
  return configs
    .toSorted((a, b) => (b.mean ?? -Infinity) - (a.mean ?? -Infinity) || 0)
    .map((config) => ({ settings: settingsText(config.settings), config }));
}
