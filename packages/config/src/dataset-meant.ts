import { datasetMeant } from '@spherelab/catalogue';
import { ConfigError } from './config-error.ts';

/**
 * Refuses another name of a data set of the paper: as a folder of one's own it would run with another preset, and nobody would notice.
 * @param name as it is stored: `canonicalDatasetName` of what was typed
 * @throws ConfigError that says which was meant
 */
export function checkDatasetMeant(name: string): void {
  const meant = datasetMeant(name);
  if (meant === null) return;
  const reason = `is ${meant} by another name, and would run without its preset; did you mean ${meant}? (a folder of your own needs a name of its own)`;
  throw new ConfigError([{ field: 'dataset', value: name, reason, allowed: meant }]);
}
