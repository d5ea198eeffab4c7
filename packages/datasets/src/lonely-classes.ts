import { posix } from 'node:path';
import { classSizes, type ImageList } from './image-list.ts';

/** Named. */
const most = 5;

/** Classes with a single image, by the name of its folder; the first of them. */
export function lonelyClasses(list: ImageList): string[] {
  const sizes = classSizes(list);
  return list
    .filter(({ label }) => sizes.get(label) === 1)
    .slice(0, most)
    .map(({ path }) => posix.basename(posix.dirname(path)));
}
