import { DatasetError } from './dataset-error.ts';
import { checkDatasetName } from './dataset-name.ts';
import { folderLists } from './folder-lists.ts';
import type { DatasetLists, Protocol } from './image-list.ts';
import { paperDataset } from './paper/paper-dataset.ts';
import { readPaperLists } from './paper/read-paper-lists.ts';
import { shapesLists } from './shapes/shapes-lists.ts';
import { validationLists } from './validation-lists.ts';

/**
 * The lists of a data set by name, divided for a protocol. Case of the name does not matter.
 * Throws DatasetError; `no_data_root` when files are needed and `dataRoot` is null.
 */
export async function readDatasetLists(
  dataRoot: string | null,
  name: string,
  protocol: Protocol = 'paper',
): Promise<DatasetLists> {
  checkDatasetName(name);
  const lists = name.toLowerCase() === 'shapes' ? shapesLists() : await listsOfFiles(dataRoot, name);
  return protocol === 'validation' ? validationLists(lists) : lists;
}

function listsOfFiles(dataRoot: string | null, name: string): Promise<DatasetLists> {
  if (dataRoot === null)
    throw new DatasetError('no_data_root', `data set "${name}" needs a data root, and none is set`);
  const paper = paperDataset(name);
  return paper === undefined ? folderLists(dataRoot, name) : readPaperLists(dataRoot, paper);
}
