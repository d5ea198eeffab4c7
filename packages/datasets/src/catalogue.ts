import { join } from 'node:path';
import type { DatasetFacts } from '@spherelab/config';
import { dataListSha256 } from './data-list-sha256.ts';
import { DatasetError } from './dataset-error.ts';
import { readDatasetLists } from './dataset-lists.ts';
import { datasetFolderNames, knownDatasetNames } from './dataset-name.ts';
import { isStampFinal, stampOfFiles } from './file-stamp.ts';
import { classSizes, type DatasetLists, type Protocol } from './image-list.ts';
import { paperDataset } from './paper/paper-dataset.ts';

export { DatasetError, type DatasetErrorCode } from './dataset-error.ts';
export type { Protocol } from './image-list.ts';

export type DatasetDescription =
  | { readonly name: string; readonly facts: DatasetFacts; readonly problem: null }
  | { readonly name: string; readonly facts: null; readonly problem: string };

/** Counts and hash of lists that are already read. */
export function datasetFacts(lists: DatasetLists): DatasetFacts {
  const training = classSizes(lists.train);
  return {
    trainingClasses: training.size,
    trainingImages: lists.train.length,
    smallestTrainingClass: Math.min(...training.values()),
    testClasses: classSizes(lists.test).size,
    dataListSha256: dataListSha256(lists),
  };
}

/** Facts of the paper's data sets by root, name and protocol: each experiment that is posted asks for them. */
const knownFacts = new Map<string, { readonly stamp: string; readonly facts: DatasetFacts }>();

/**
 * What the names and lists of a data set tell, without opening an image; lists of the paper are read again only when
 * their files have changed.
 * Throws DatasetError, `no_data_root` when the data set needs files and `dataRoot` is null.
 */
export async function describeDataset(
  dataRoot: string | null,
  name: string,
  protocol: Protocol = 'paper',
): Promise<DatasetFacts> {
  const paper = paperDataset(name);
  const files = dataRoot === null ? undefined : paper?.files.map((file) => join(dataRoot, file));
  const found = files === undefined ? null : stampOfFiles(files);
  const key = [dataRoot, paper?.name, protocol].join('\0');
  const known = knownFacts.get(key);
  if (found !== null && known?.stamp === found.stamp) return known.facts;
  const facts = datasetFacts(await readDatasetLists(dataRoot, name, protocol));
  if (found !== null && isStampFinal(found)) knownFacts.set(key, { stamp: found.stamp, facts });
  return facts;
}

/**
 * Every generated data set, every data set of the paper whose folder is there, and every other folder of the data root,
 * each with its facts or with what is wrong with it.
 */
export async function listDatasets(dataRoot: string | null): Promise<DatasetDescription[]> {
  const folders = dataRoot === null ? [] : await datasetFolderNames(dataRoot);
  const names = knownDatasetNames(folders);
  return Promise.all(
    names.map(async (name): Promise<DatasetDescription> => {
      try {
        return { name, facts: await describeDataset(dataRoot, name), problem: null };
      } catch (error) {
        if (error instanceof DatasetError) return { name, facts: null, problem: error.message };
        throw error;
      }
    }),
  );
}
