import { type LossName, lossNames, lossRecord } from '@spherelab/catalogue';
import type { LossSettings } from '@spherelab/losses';

/** Every loss with the constants that a run has if nothing else is asked for. */
export const lossSettings = Object.fromEntries(
  lossNames.map((name) => {
    const constants = Object.entries(lossRecord(name).constants).map(([field, { value }]) => [field, value] as const);
    return [name, { name, ...Object.fromEntries(constants) }];
  }),
) as { readonly [Name in LossName]: LossSettings & { readonly name: Name } };
