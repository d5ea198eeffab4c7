import type { ImageList } from '../image-list.ts';

/** A list as the reference's split_train_test.py writes it: `path,label` lines. */
export function splitText(list: ImageList): string {
  return list.map(({ path, label }) => `${path},${label}\n`).join('');
}
