import { counterRandom } from './counter-random.ts';
import { DatasetError } from './dataset-error.ts';
import { classSizes, type DatasetLists } from './image-list.ts';

/** The cut is of the data set, not of a run: every seed has the same folds, so that they can be compared. */
const FOLDS_SEED = 0;

/**
 * The lists of one fold of k-fold validation: one part of the training classes is evaluated, the others train, and the test
 * classes are not seen at all. Each class draws a number by its place in the list; in the order of their numbers the classes
 * are dealt to the parts in turn, so that parts differ by one class at most. Throws DatasetError too_few_classes.
 * @param fold which part, 0 .. folds - 1
 */
export function foldLists<L extends DatasetLists>(lists: L, folds: number, fold: number): L {
  const labels = [...classSizes(lists.train).keys()];
  if (labels.length < 2 * folds) {
    throw new DatasetError(
      'too_few_classes',
      `data set ${lists.name} has ${labels.length} training classes; ${folds} folds need at least ${2 * folds}, 2 in each`,
      { field: 'folds' },
    );
  }
  const drawn = labels.map((label, place) => ({ label, number: counterRandom(FOLDS_SEED, 'folds', 0, place).unit() }));
  // Equal numbers stay in the order of the list: the sort is stable.
  drawn.sort((a, b) => a.number - b.number);
  const heldOut = new Set(drawn.filter((_, rank) => rank % folds === fold).map(({ label }) => label));
  return {
    ...lists,
    train: lists.train.filter(({ label }) => !heldOut.has(label)),
    test: lists.train.filter(({ label }) => heldOut.has(label)),
    gallery: null,
  };
}
