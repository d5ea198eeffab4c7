import { DatasetError } from './dataset-error.ts';
import { checkDatasetName } from './dataset-name.ts';
import { folderLists } from './folder-lists.ts';
import type { ImageList } from './image-list.ts';
import { paperDataset } from './paper/paper-dataset.ts';
import type { PaperLists } from './paper/paper-lists.ts';

export type SplitPart = {
  readonly part: 'train' | 'test' | 'query' | 'gallery';
  /** Name of the list's file, as the reference calls it: `cub_train.txt`. */
  readonly file: string;
  readonly list: ImageList;
};

/** The lists of a data set that lies in files, as split_train_test.py divides it; not checked for training. */
export type SplitLists = {
  readonly name: string;
  /** Under the data root; the paths of the lists are relative to it, so their files belong there. */
  readonly folder: string;
  readonly parts: readonly SplitPart[];
  readonly notes: readonly string[];
};

/** Throws DatasetError; also for a generated data set, which has no files. */
export async function splitLists(dataRoot: string, name: string): Promise<SplitLists> {
  checkDatasetName(name);
  if (name.toLowerCase() === 'shapes') {
    throw new DatasetError('invalid_name', 'the pictures of shapes are drawn: it has no files to list');
  }
  const paper = paperDataset(name);
  if (paper !== undefined) {
    const lists = await paper.readLists(dataRoot);
    return { name: paper.name, folder: paper.folder, parts: partsOf(paper.name, lists), notes: lists.notes };
  }
  const lists = await folderLists(dataRoot, name);
  return { name: lists.name, folder: lists.name, parts: partsOf(lists.name, lists), notes: lists.notes ?? [] };
}

function partsOf(name: string, lists: Pick<PaperLists, 'train' | 'test' | 'gallery'>): SplitPart[] {
  const partOf = (part: SplitPart['part'], list: ImageList): SplitPart => ({ part, file: `${name}_${part}.txt`, list });
  if (lists.gallery === null) return [partOf('train', lists.train), partOf('test', lists.test)];
  return [partOf('train', lists.train), partOf('query', lists.test), partOf('gallery', lists.gallery)];
}
