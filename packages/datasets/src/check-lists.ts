import { DatasetError } from './dataset-error.ts';
import { classSizes, type DatasetLists } from './image-list.ts';

/**
 * Throws DatasetError for lists that cannot be trained on and evaluated: fewer than two classes, an image in the training
 * and the test part, a query whose class the gallery does not have (where the reference's evaluation fails).
 */
export function checkLists({ name, train, test, gallery }: DatasetLists, notes: readonly string[] = []): void {
  for (const [part, list] of [['training', train] as const, ['test', test] as const]) {
    const count = classSizes(list).size;
    if (count < 2) {
      throw new DatasetError('too_few_classes', `data set ${name} has ${count} ${part} classes; it needs at least 2`);
    }
  }
  const trained = new Set(train.map(({ path }) => path));
  const shared = [...test, ...(gallery ?? [])].find(({ path }) => trained.has(path));
  if (shared !== undefined) {
    throw new DatasetError('invalid_split', `data set ${name}: ${shared.path} is in the training and the test part`);
  }
  if (gallery === null) return;
  const galleryLabels = new Set(gallery.map(({ label }) => label));
  const lonely = test.find(({ label }) => !galleryLabels.has(label));
  if (lonely === undefined) return;
  const reason = [`no gallery image has the class of ${lonely.path}`, ...notes].join('; ');
  throw new DatasetError('query_without_gallery', `data set ${name}: ${reason}`);
}
