import type { DatasetFacts } from '@spherelab/config';
import { type Manifest, manifestSha256 } from './content/manifest.ts';
import { dataListSha256 } from './data-list-sha256.ts';
import { classSizes, type DatasetLists } from './image-list.ts';
import { lonelyClasses } from './lonely-classes.ts';

/** What lists tell without their images. */
export type ListedFacts = Omit<DatasetFacts, 'dataSha256'>;

/** Counts and hash of lists that are already read. */
export function listedFacts(lists: DatasetLists): ListedFacts {
  const training = classSizes(lists.train);
  return {
    name: lists.name,
    trainingClasses: training.size,
    trainingImages: lists.train.length,
    smallestTrainingClass: Math.min(...training.values()),
    lonelyTrainingClasses: lonelyClasses(lists.train),
    notes: lists.notes ?? [],
    testClasses: classSizes(lists.test).size,
    dataListSha256: dataListSha256(lists),
  };
}

/** The same with what is in the images. */
export function datasetFacts(lists: DatasetLists & Manifest): DatasetFacts {
  return { ...listedFacts(lists), dataSha256: manifestSha256(lists) };
}
