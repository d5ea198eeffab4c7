import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';

/** As many as Linux follows. */
const MAX_LINKS = 40;

/**
 * The folders (of an absolute path below a root that has no links) in which a change can make a path lead elsewhere: those that
 * it passes, those that its links lie in and pass, and the folder that it leads to. As far as they are there.
 */
export function foldersOnTheWay(root: string, path: string): string[] {
  const folders: string[] = [];
  const ahead = relative(root, path).split(sep);
  let at = root;
  for (let links = 0; ahead.length > 0; ) {
    const name = ahead.shift() as string;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const facts = lstatSync(next, { throwIfNoEntry: false });
    if (facts?.isSymbolicLink() && links < MAX_LINKS) {
      links += 1;
      folders.push(at);
      const target = readlinkSync(next);
      if (isAbsolute(target)) at = sep;
      ahead.unshift(...target.split(sep));
    } else if (facts?.isDirectory()) {
      at = next;
      if (!root.startsWith(at)) folders.push(at);
    } else break;
  }
  return folders;
}
