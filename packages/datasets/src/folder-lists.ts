import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { checkLists } from './check-lists.ts';
import { type ClassImages, readClassFolders } from './class-folders.ts';
import { resolveDatasetFolder } from './dataset-name.ts';
import type { DatasetLists, ImageList } from './image-list.ts';
import { imagesOfPart, parseSplitFile, type SplitFile } from './split-file.ts';

async function readSplit(folder: string, name: string): Promise<SplitFile | null> {
  const text = await readFile(join(folder, 'split.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : parseSplitFile(text, name);
}

/** The paper's protocol for CUB and Cars, on any folder: the first half of the classes trains, the rest is tested. */
function halves(classes: ClassImages): SplitFile {
  const names = [...classes.keys()];
  const trainCount = Math.floor(names.length / 2);
  return { train: names.slice(0, trainCount), test: names.slice(trainCount) };
}

/**
 * The lists of the folder `<data root>/<name>/images/<class>/*.{jpg,jpeg,png,webp}`: classes and files in byte order,
 * labels by class, first half (floor) of the classes for training unless a split.json beside images/ says otherwise.
 * Throws DatasetError.
 */
export async function folderLists(dataRoot: string, name: string): Promise<DatasetLists> {
  const ownName = await resolveDatasetFolder(dataRoot, name);
  const realRoot = await realpath(dataRoot);
  const folder = join(realRoot, ownName);
  const { classes, notes } = await readClassFolders(folder, ownName, realRoot);
  const split = (await readSplit(folder, ownName)) ?? halves(classes);
  const labelOf = new Map<string, number>();
  for (const [label, paths] of [...classes.values()].entries()) for (const path of paths) labelOf.set(path, label);
  const listOf = (items: readonly string[]): ImageList =>
    imagesOfPart(items, classes, ownName).map((path) => ({ path, label: labelOf.get(path) as number }));
  const lists: DatasetLists = {
    name: ownName,
    kind: 'folder',
    folder,
    sources: [
      join(folder, 'split.json'),
      join(folder, 'images'),
      ...[...classes.keys()].map((name) => join(folder, 'images', name)),
    ],
    train: listOf(split.train ?? []),
    test: listOf(split.test ?? split.query ?? []),
    gallery: split.gallery === undefined ? null : listOf(split.gallery),
    notes,
  };
  checkLists(lists);
  return lists;
}
