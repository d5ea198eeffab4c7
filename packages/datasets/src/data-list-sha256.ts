import { createHash } from 'node:crypto';
import type { DatasetLists, ImageList } from './image-list.ts';

/**
 * SHA-256 (hex) of the lists as text: for train, test and, if there is one, gallery a line with its name and number of
 * images, then one `path,label` line for each image. It says which images are used as what, not what is in them.
 */
export function dataListSha256(lists: Pick<DatasetLists, 'train' | 'test' | 'gallery'>): string {
  const hash = createHash('sha256');
  const add = (name: string, list: ImageList): void => {
    hash.update(`${name} ${list.length}\n`);
    for (const { path, label } of list) hash.update(`${path},${label}\n`);
  };
  add('train', lists.train);
  add('test', lists.test);
  if (lists.gallery !== null) add('gallery', lists.gallery);
  return hash.digest('hex');
}
