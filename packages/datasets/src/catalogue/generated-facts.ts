import { type DatasetFacts, type Division, divisionName } from '@spherelab/config';
import { DRAWN } from '../content/manifest.ts';
import { datasetFacts } from '../dataset-facts.ts';
import { dividedLists } from '../divided-lists.ts';
import type { ImageEntry } from '../image-list.ts';
import { shapesLists } from '../shapes/shapes-lists.ts';

const known = new Map<string, DatasetFacts>();

/** Facts of the generated data set: its pictures follow from their names. */
export function generatedFacts(division: Division): DatasetFacts {
  const facts = known.get(divisionName(division)) ?? makeFacts(division);
  known.set(divisionName(division), facts);
  return facts;
}

function makeFacts(division: Division): DatasetFacts {
  const lists = dividedLists(shapesLists(), division);
  const drawn = (list: readonly ImageEntry[]) => list.map((entry) => ({ ...entry, sha256: DRAWN }));
  return datasetFacts({ ...lists, train: drawn(lists.train), test: drawn(lists.test), gallery: null });
}
