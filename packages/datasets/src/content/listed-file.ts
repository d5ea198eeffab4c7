import { type BigIntStats, lstatSync, statSync } from 'node:fs';
import { type FileStamp, stampOf } from '../file-stamp.ts';

/** A file that is to be hashed, as it was found. */
export type ListedFile = FileStamp & {
  readonly path: string;
  readonly size: number;
  /** A symbolic link leads to it. */
  readonly isLinked: boolean;
  /** It has hard links: its content can change through a name that nobody watches. */
  readonly hasOtherNames: boolean;
};

/** Looks a file up; null where there is none, where it may not be looked at, and for anything that is no plain file. */
export function findListedFile(path: string): ListedFile | null {
  try {
    const own = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (own === undefined) return null;
    return own.isSymbolicLink()
      ? listedFile(path, statSync(path, { bigint: true }), true)
      : listedFile(path, own, false);
  } catch {
    return null;
  }
}

function listedFile(path: string, facts: BigIntStats, isLinked: boolean): ListedFile | null {
  if (!facts.isFile()) return null;
  return { path, size: Number(facts.size), isLinked, hasOtherNames: facts.nlink > 1n, ...stampOf(facts) };
}
