import type { Division } from '@spherelab/config';
import { foldLists } from './fold-lists.ts';
import type { DatasetLists } from './image-list.ts';
import { validationLists } from './validation-lists.ts';

/** The lists as an experiment sees them. Throws DatasetError too_few_classes. */
export function dividedLists<L extends DatasetLists>(lists: L, division: Division): L {
  if (division === 'paper') return lists;
  return division === 'validation' ? validationLists(lists) : foldLists(lists, division.folds, division.fold);
}
