import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { byteOrder } from './byte-order.ts';
import { DatasetError } from './dataset-error.ts';
import { entryKind } from './entry-kind.ts';

/** Stands where the bytes of a name are no UTF-8: a file of such a name cannot be opened by it. */
const replaced = '\ufffd';

/** A name in another encoding, as archives of older systems unpack to. */
export function notUtf8(path: string, folder: string): DatasetError {
  const how = `convmv -f latin1 -t utf8 -r --notest ${folder}`;
  return new DatasetError('invalid_name', `the name of ${path} is not UTF-8: rename it (${how})`);
}

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
 * The entries of a folder in byte order. Symbolic links are followed as long as they stay inside `realRoot`
 * (a path without links); one that leaves it is a DatasetError outside_data_root.
 */
export async function readContainedFolder(folder: string, realRoot: string): Promise<ContainedEntry[]> {
  const real = await realpath(folder).catch((cause: NodeJS.ErrnoException) => {
    throw new DatasetError('missing_folder', `the folder ${folder} is a link that leads nowhere (${cause.code})`, {
      cause,
    });
  });
  if (!isInside(real, realRoot)) {
    throw new DatasetError('outside_data_root', `the folder ${folder} lies outside the data root`);
  }
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    // One that goes while it is looked at is looked at again.
    if (cause.code === 'ENOENT') throw cause;
    throw new DatasetError('missing_folder', `the folder ${folder} cannot be read (${cause.code})`, { cause });
  });
  const garbled = entries.find(({ name }) => name.includes(replaced));
  if (garbled !== undefined) throw notUtf8(join(folder, garbled.name), folder);
  const followed = await Promise.all(
    entries.map((entry) =>
      entry.isSymbolicLink() && entryKind(entry.name) !== 'litter'
        ? followLink(folder, entry, realRoot)
        : { name: entry.name, isFolder: entry.isDirectory(), isFile: entry.isFile() },
    ),
  );
  return followed.sort((a, b) => byteOrder(a.name, b.name));
}
