import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FolderWatch } from '../src/catalogue/folder-watch.ts';

/** A data root with a data set whose files hold bytes that nobody decodes. */
export type ByteFolder = {
  readonly dataRoot: string;
  readonly cacheFolder: string;
  /** Path of an image, `class/name`. */
  readonly image: (name: string) => string;
  /** Every image, `class/name`. */
  readonly names: readonly string[];
  /** Other bytes of the same length in every image. */
  readonly replaceAll: () => void;
  readonly remove: () => Promise<void>;
};

/** Whether changes are told here: on Linux, where temporary files lie on a local file system. */
export function canWatch(): boolean {
  const watch = new FolderWatch();
  watch.follow([tmpdir()]);
  const { isPossible } = watch;
  watch.giveUp();
  return isPossible;
}

const IMAGE_BYTES = 300;

/** Makes `<data root>/<name>/images/c0 ...` with images of 300 random bytes. */
export async function makeByteFolder(name: string, classes: number, imagesPerClass: number): Promise<ByteFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spherelab-bytes-'));
  const dataRoot = path.join(folder, 'data');
  const image = (file: string): string => path.join(dataRoot, name, 'images', file);
  const names = Array.from({ length: classes }, (_, index) => `c${index}`).flatMap((className) => {
    mkdirSync(image(className), { recursive: true });
    return Array.from({ length: imagesPerClass }, (_, index) => `${className}/${index}.png`);
  });
  const replaceAll = (): void => {
    for (const file of names) writeFileSync(image(file), randomBytes(IMAGE_BYTES));
  };
  replaceAll();
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  return { dataRoot, cacheFolder: path.join(folder, 'cache'), image, names, replaceAll, remove };
}
