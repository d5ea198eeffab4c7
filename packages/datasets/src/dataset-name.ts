import { readdir } from 'node:fs/promises';
import { datasetNames, datasetRecord } from '@spherelab/catalogue';
import { byteOrder } from './byte-order.ts';
import { DatasetError } from './dataset-error.ts';
import { fetchedDatasets } from './fetched-datasets.ts';
import { paperLayouts } from './paper/paper-dataset.ts';

const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Data sets that need no files. */
export const generatedDatasets: readonly string[] = datasetNames.filter(
  (name) => datasetRecord(name).kind === 'generated',
);

/** Folders of the data root that are not data sets. */
const otherFolders = new Set(['weights']);

/** Throws DatasetError invalid_name for anything that is not a plain name, so that no name can be a path. */
export function checkDatasetName(name: string): void {
  if (NAME_PATTERN.test(name)) return;
  throw new DatasetError(
    'invalid_name',
    `"${name}" is not a data set name: letters, digits, dot, underscore and dash, beginning with a letter or digit`,
  );
}

/** Names of the folders under the data root that could be data sets, in byte order; none when there is no data root. */
export async function datasetFolderNames(dataRoot: string): Promise<string[]> {
  const entries = await readdir(dataRoot, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .filter((name) => NAME_PATTERN.test(name) && !otherFolders.has(name))
    .sort(byteOrder);
}

/** Generated data sets, data sets of the paper by name where their folder is there, and all other folders. */
export function knownDatasetNames(folders: readonly string[]): string[] {
  const papers = paperLayouts.filter(({ folder }) => folders.includes(folder));
  const taken = new Set([...generatedDatasets, ...paperLayouts.flatMap(({ name, folder }) => [name, folder])]);
  const others = folders.filter((name) => !taken.has(name) && !taken.has(name.toLowerCase()));
  return [...generatedDatasets, ...papers.map(({ name }) => name), ...others];
}

/**
 * The folder's own spelling of a data set name; case does not matter unless two folders differ by case alone.
 * Throws DatasetError unknown_dataset (it lists the known ones) or ambiguous_name.
 */
export async function resolveDatasetFolder(dataRoot: string, name: string): Promise<string> {
  checkDatasetName(name);
  const folders = await datasetFolderNames(dataRoot);
  if (folders.includes(name)) return name;
  const matches = folders.filter((folder) => folder.toLowerCase() === name.toLowerCase());
  if (matches.length > 1) {
    throw new DatasetError('ambiguous_name', `data set "${name}" could be any of ${matches.join(', ')}`);
  }
  const [match] = matches;
  if (match !== undefined) return match;
  const known = knownDatasetNames(folders).join(', ');
  const fetched = fetchedDatasets.find((dataset) => dataset.name === name.toLowerCase());
  const how = fetched === undefined ? '' : `; to have it: ${fetched.command}`;
  throw new DatasetError('unknown_dataset', `there is no data set "${name}"; known: ${known}${how}`);
}
