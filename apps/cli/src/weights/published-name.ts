import { backboneNames, backboneRecord, weightsNames, weightsRecord } from '@spherelab/catalogue';
import { CliError } from '../cli-error.ts';

/**
 * The name of a published file, from that name or from a backbone's: then the file that the backbone's preset starts from.
 * @throws CliError
 */
export function publishedName(name: string): string {
  if (weightsRecord(name) !== null) return name;
  const backbone = backboneNames.find((known) => known === name);
  const file = backbone === undefined ? undefined : backboneRecord(backbone).preset.weights?.value;
  if (file !== undefined && weightsRecord(file) !== null) return file;
  throw new CliError(
    backbone === undefined
      ? `no file of weights "${name}" is known, and no backbone of that name`
      : `${name} has no published weights: it starts from random ones`,
    `there is ${weightsNames.join(', ')}; a file of your own: spherelab weights import FILE.pth`,
  );
}
