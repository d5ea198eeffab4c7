import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { checkLists } from './check-lists.ts';
import { readContainedFolder } from './contained-folder.ts';
import { DatasetError } from './dataset-error.ts';
import { resolveDatasetFolder } from './dataset-name.ts';
import type { DatasetLists, ImageList } from './image-list.ts';
import { imagesOfPart, parseSplitFile, type SplitFile } from './split-file.ts';

const IMAGE_PATTERN = /\.(jpe?g|png|webp)$/i;

type ClassImages = ReadonlyMap<string, readonly string[]>;

async function readClasses(folder: string, name: string, realRoot: string): Promise<ClassImages> {
  const top = await readContainedFolder(folder, realRoot);
  if (!top.some((entry) => entry.name === 'images' && entry.isFolder)) {
    throw new DatasetError('missing_folder', `data set ${name} has no folder images/ with one folder for each class`);
  }
  const imagesFolder = join(folder, 'images');
  const classFolders = (await readContainedFolder(imagesFolder, realRoot)).filter((entry) => entry.isFolder);
  const classes = new Map<string, string[]>();
  for (const { name: className } of classFolders) {
    const files = await readContainedFolder(join(imagesFolder, className), realRoot);
    const images = files.filter((file) => file.isFile && IMAGE_PATTERN.test(file.name));
    if (images.length === 0) {
      throw new DatasetError('too_few_images', `class ${className} of data set ${name} has no jpg, png or webp image`);
    }
    classes.set(
      className,
      images.map((image) => `images/${className}/${image.name}`),
    );
  }
  return classes;
}

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
  const classes = await readClasses(folder, ownName, realRoot);
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
  };
  checkLists(lists);
  return lists;
}
