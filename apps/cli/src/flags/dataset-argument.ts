import { canonicalDatasetName } from '@spherelab/catalogue';
import { ConfigError, checkDatasetMeant } from '@spherelab/config';
import { CliError } from '../cli-error.ts';

/**
 * A data set as it is named on the command line, for commands that read it without a server.
 * @throws CliError for another name of a data set of the paper (`CUB_200_2011`): it would be read as a folder of one's own
 */
export function datasetArgument(name: string): string {
  try {
    checkDatasetMeant(canonicalDatasetName(name));
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError(error.message);
    throw error;
  }
  return name;
}
