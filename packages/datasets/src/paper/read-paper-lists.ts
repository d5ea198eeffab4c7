import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { checkLists } from '../check-lists.ts';
import { DatasetError } from '../dataset-error.ts';
import type { DatasetLists } from '../image-list.ts';
import type { PaperDataset } from './paper-dataset.ts';

/** The lists of a data set of the paper, checked for training. Throws DatasetError. */
export async function readPaperLists(dataRoot: string, dataset: PaperDataset): Promise<DatasetLists> {
  const { train, test, gallery, notes } = await dataset.readLists(dataRoot);
  const root = await realpath(dataRoot).catch((cause) => {
    throw new DatasetError('missing_folder', `the data root ${dataRoot} cannot be read`, { cause });
  });
  const folder = join(root, dataset.folder);
  const sources = dataset.files.map((file) => join(root, file));
  const lists: DatasetLists = { name: dataset.name, kind: 'paper', folder, sources, train, test, gallery };
  checkLists(lists, notes);
  return lists;
}
