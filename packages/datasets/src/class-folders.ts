import { join } from 'node:path';
import { type ContainedEntry, readContainedFolder } from './contained-folder.ts';
import { DatasetError } from './dataset-error.ts';
import { entryKind } from './entry-kind.ts';
import { PassedOver } from './passed-over.ts';

/** Classes by name in byte order, each with the paths of its images, relative to the data set's folder. */
export type ClassImages = ReadonlyMap<string, readonly string[]>;

/** Named in a refusal. */
const named = 5;

/**
 * Reads images/<class>/<picture>. What is not used is told in notes; a class without a picture is refused, with all others of its kind.
 * Throws DatasetError.
 */
export async function readClassFolders(
  folder: string,
  name: string,
  realRoot: string,
): Promise<{ readonly classes: ClassImages; readonly notes: readonly string[] }> {
  const top = await readContainedFolder(folder, realRoot);
  if (!top.some((entry) => entry.name === 'images' && entry.isFolder)) {
    throw new DatasetError('missing_folder', `data set ${name} has no folder images/ with one folder for each class`);
  }
  const passed = new PassedOver();
  const classes = new Map<string, string[]>();
  const empty: { readonly name: string; readonly entries: readonly ContainedEntry[] }[] = [];
  for (const entry of await readContainedFolder(join(folder, 'images'), realRoot)) {
    const kind = entryKind(entry.name);
    if (!entry.isFolder || kind === 'litter') {
      passed.add(kind === 'picture' ? 'stray' : kind, `images/${entry.name}`);
      continue;
    }
    const entries = await readContainedFolder(join(folder, 'images', entry.name), realRoot);
    const images = picturesOf(entries, `images/${entry.name}`, passed);
    if (images.length === 0) empty.push({ name: entry.name, entries });
    else classes.set(entry.name, images);
  }
  if (empty.length > 0) throw emptyClasses(name, empty);
  checkSpelling(name, [...classes.keys()]);
  return { classes, notes: passed.notes() };
}

function picturesOf(entries: readonly ContainedEntry[], path: string, passed: PassedOver): string[] {
  return entries.flatMap((entry) => {
    const kind = entryKind(entry.name);
    const own = `${path}/${entry.name}`;
    if (entry.isFile && kind === 'picture') return [own];
    if (entry.isFolder && kind !== 'litter') passed.add('nested', own);
    else passed.add(kind === 'picture' ? 'other' : kind, own);
    return [];
  });
}

function emptyClasses(
  dataset: string,
  empty: readonly { readonly name: string; readonly entries: readonly ContainedEntry[] }[],
): DatasetError {
  const names = empty.slice(0, named).map(({ name }) => name);
  const more = empty.length > named ? ` and ${empty.length - named} more` : '';
  const what = `${empty.length === 1 ? 'class' : 'classes'} ${names.join(', ')}${more} of data set ${dataset}`;
  const first = empty[0]?.entries ?? [];
  const folders = first.filter((entry) => entry.isFolder && entryKind(entry.name) !== 'litter');
  if (folders.length > 0) {
    const how = `classes are the folders directly in images/: move ${folders[0]?.name} and its like up, and name what trains in split.json`;
    return new DatasetError('too_few_images', `${what}: no jpg, png or webp image, but folders; ${how}`);
  }
  const others = first.find((entry) => entryKind(entry.name) === 'other-format');
  const how = others ? `convert ${others.name} and its like` : 'put some in, or remove the folder';
  return new DatasetError('too_few_images', `${what}: no jpg, png or webp image; ${how}`);
}

/** macOS writes é as e and an accent, others as one character: two folders that differ in that alone are one class twice. */
function checkSpelling(dataset: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const composed = name.normalize('NFC');
    if (seen.has(composed)) {
      const reason = `class ${composed} is there twice, in two spellings of Unicode: put them together`;
      throw new DatasetError('ambiguous_name', `data set ${dataset}: ${reason}`);
    }
    seen.add(composed);
  }
}
