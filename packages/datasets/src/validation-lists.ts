import { DatasetError } from './dataset-error.ts';
import { classSizes, type DatasetLists } from './image-list.ts';

/** Ours: the paper has no validation part. */
const VALIDATION_SHARE = 0.3;

/**
 * The lists for choosing settings: the last 30 % of the training classes (at least 2) are evaluated, the classes
 * before them train, and the test classes are not seen at all. Throws DatasetError too_few_classes.
 */
export function validationLists<L extends DatasetLists>(lists: L): L {
  const labels = [...classSizes(lists.train).keys()];
  const heldOutCount = Math.max(2, Math.floor(labels.length * VALIDATION_SHARE));
  if (labels.length - heldOutCount < 2) {
    throw new DatasetError(
      'too_few_classes',
      `data set ${lists.name} has ${labels.length} training classes; protocol validation needs at least 4`,
      { field: 'protocol' },
    );
  }
  const heldOut = new Set(labels.slice(-heldOutCount));
  return {
    ...lists,
    train: lists.train.filter(({ label }) => !heldOut.has(label)),
    test: lists.train.filter(({ label }) => heldOut.has(label)),
    gallery: null,
  };
}
