import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatasetLists } from '../image-list.ts';
import { foldersOnTheWay } from './folders-on-the-way.ts';
import { findListedFile, type ListedFile } from './listed-file.ts';

/** Looks files up and collects the folders in which something has to change for them to change. */
export class ListedFolders {
  readonly #root: string;
  readonly #passed = new Set<string>();
  readonly #folders = new Set<string>();
  /** A file can change through a hard link in another folder. */
  hasOtherNames = false;

  constructor(dataRoot: string) {
    this.#root = realpathSync.native(dataRoot);
  }

  /** The folders that a path passes, and itself where it is one. */
  pass(path: string): void {
    if (this.#passed.has(path)) return;
    this.#passed.add(path);
    for (const folder of foldersOnTheWay(this.#root, path)) this.#folders.add(folder);
  }

  lookUp(path: string): ListedFile | null {
    const file = findListedFile(path);
    this.pass(file?.isLinked ? path : dirname(path));
    this.hasOtherNames ||= file?.hasOtherNames ?? false;
    return file;
  }

  /** What lists were read from: files, and folders of images. */
  passSources({ sources }: DatasetLists): void {
    for (const source of sources) if (this.lookUp(source) === null) this.pass(source);
  }

  /** The folders of all images, whose files are not looked at. */
  passImages({ folder, train, test, gallery }: DatasetLists): void {
    for (const { path } of [...train, ...test, ...(gallery ?? [])]) this.pass(dirname(join(folder ?? '', path)));
  }

  all(): string[] {
    return [...this.#folders];
  }
}
