import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { byteOrder } from './byte-order.ts';
import { DatasetError } from './dataset-error.ts';

export type ContainedEntry = { readonly name: string; readonly isFolder: boolean; readonly isFile: boolean };

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

async function followLink(folder: string, entry: Dirent, realRoot: string): Promise<ContainedEntry> {
  const path = join(folder, entry.name);
  const target = await realpath(path).catch((cause) => {
    throw new DatasetError('missing_folder', `the symbolic link ${path} leads nowhere`, { cause });
  });
  if (!isInside(target, realRoot)) {
    throw new DatasetError('outside_data_root', `the symbolic link ${path} leads out of the data root`);
  }
  const isFolder = await readdir(target).then(
    () => true,
    () => false,
  );
  return { name: entry.name, isFolder, isFile: !isFolder };
}

/**
 * The visible entries of a folder in byte order. Symbolic links are followed as long as they stay inside `realRoot`
 * (a path without links); one that leaves it is a DatasetError outside_data_root.
 */
export async function readContainedFolder(folder: string, realRoot: string): Promise<ContainedEntry[]> {
  const real = await realpath(folder);
  if (!isInside(real, realRoot)) {
    throw new DatasetError('outside_data_root', `the folder ${folder} lies outside the data root`);
  }
  const entries = await readdir(folder, { withFileTypes: true });
  const visible = entries.filter((entry) => !entry.name.startsWith('.'));
  const followed = await Promise.all(
    visible.map((entry) =>
      entry.isSymbolicLink()
        ? followLink(folder, entry, realRoot)
        : { name: entry.name, isFolder: entry.isDirectory(), isFile: entry.isFile() },
    ),
  );
  return followed.sort((a, b) => byteOrder(a.name, b.name));
}
