import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { processIdentity } from '@spherelab/host';
import { readClassFolders } from '../class-folders.ts';
import { DatasetError } from '../dataset-error.ts';
import { emojiDataset } from './emoji-facts.ts';
import { sourcesFile, sourcesTitle } from './emoji-sources.ts';

/** Classes and pictures of a folder that was made here before. */
export type FolderCounts = { readonly classes: number; readonly images: number };

/** No reader takes what begins with a dot for a data set; the pid tells whether somebody still works in it. */
const temporaryName = /^\.emoji-(?:making|replaced)-(\d+)-/;

/**
 * What is at `<data root>/emoji`; null where nothing is.
 * @throws DatasetError where it is a folder of the user's own: it is never touched
 */
export async function presentEmoji(dataRoot: string): Promise<FolderCounts | null> {
  const folder = path.join(dataRoot, emojiDataset.name);
  if ((await stat(folder).catch(() => null)) === null) return null;
  const sources = await readFile(path.join(folder, sourcesFile), 'utf8').catch(() => '');
  if (!sources.startsWith(sourcesTitle)) {
    throw new DatasetError(
      'ambiguous_name',
      `${folder} is there and was not made by "${emojiDataset.command}" (it has no ${sourcesFile} of ours): give it another name`,
    );
  }
  const { classes } = await readClassFolders(folder, emojiDataset.name, await realpath(dataRoot));
  const images = [...classes.values()].reduce((sum, paths) => sum + paths.length, 0);
  return { classes: classes.size, images };
}

/**
 * Makes `<data root>/emoji` by filling a folder beside it and renaming that: it is there whole or not at all. With `replace`, what was
 * there stays until then.
 * @throws DatasetError unwritable_folder where the data root cannot be written; what `fill` throws
 */
export async function makeEmojiFolder(
  dataRoot: string,
  replace: boolean,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const target = path.join(dataRoot, emojiDataset.name);
  let temporary: string | null = null;
  try {
    await mkdir(dataRoot, { recursive: true });
    await removeAbandoned(dataRoot);
    temporary = await mkdtemp(path.join(dataRoot, `.emoji-making-${process.pid}-`));
    const made = path.join(temporary, emojiDataset.name);
    await mkdir(made);
    await fill(made);
    if (replace) await swap(made, target, dataRoot);
    else await rename(made, target);
  } catch (cause) {
    throw writable(cause, dataRoot);
  } finally {
    if (temporary !== null) await rm(temporary, { recursive: true, force: true });
  }
}

/** The old folder goes aside first, and comes back if the new one cannot take its place. */
async function swap(made: string, target: string, dataRoot: string): Promise<void> {
  const aside = await mkdtemp(path.join(dataRoot, `.emoji-replaced-${process.pid}-`));
  const old = path.join(aside, emojiDataset.name);
  try {
    await rename(target, old);
    await rename(made, target).catch(async (error: unknown) => {
      await rename(old, target);
      throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function removeAbandoned(dataRoot: string): Promise<void> {
  for (const entry of await readdir(dataRoot)) {
    const pid = temporaryName.exec(entry)?.[1];
    if (pid === undefined || processIdentity(Number(pid)) !== null) continue;
    await rm(path.join(dataRoot, entry), { recursive: true, force: true });
  }
}

/** A full or read-only disk, told with the folder; anything else as it is. */
function writable(cause: unknown, dataRoot: string): unknown {
  const code = cause instanceof Error && 'syscall' in cause ? (cause as NodeJS.ErrnoException).code : undefined;
  if (code === undefined) return cause;
  const how = code === 'ENOSPC' ? 'make room (60 MB)' : 'set SPHERELAB_DATA_DIR to a folder of yours';
  return new DatasetError('unwritable_folder', `${dataRoot} cannot be written (${code}): ${how}`, { cause });
}
