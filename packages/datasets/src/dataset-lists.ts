import type { Division } from '@spherelab/config';
import { DatasetError } from './dataset-error.ts';
import { checkDatasetName } from './dataset-name.ts';
import { dividedLists } from './divided-lists.ts';
import { folderLists } from './folder-lists.ts';
import type { DatasetLists } from './image-list.ts';
import { paperDataset } from './paper/paper-dataset.ts';
import { readPaperLists } from './paper/read-paper-lists.ts';
import { shapesLists } from './shapes/shapes-lists.ts';

/**
 * The lists of a data set by name, divided for an experiment. Case of the name does not matter.
 * Throws DatasetError; `no_data_root` when files are needed and `dataRoot` is null.
 */
export async function readDatasetLists(
  dataRoot: string | null,
  name: string,
  division: Division = 'paper',
): Promise<DatasetLists> {
  checkDatasetName(name);
  const lists = name.toLowerCase() === 'shapes' ? shapesLists() : await listsOfFiles(dataRoot, name);
  return dividedLists(lists, division);
}

function listsOfFiles(dataRoot: string | null, name: string): Promise<DatasetLists> {
  if (dataRoot === null)
    throw new DatasetError('no_data_root', `data set "${name}" needs a data root, and none is set`);
  const paper = paperDataset(name);
  return paper === undefined ? folderLists(dataRoot, name) : readPaperLists(dataRoot, paper);
}
