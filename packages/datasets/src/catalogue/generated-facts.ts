import type { DatasetFacts } from '@spherelab/config';
import { DRAWN } from '../content/manifest.ts';
import { datasetFacts } from '../dataset-facts.ts';
import type { ImageEntry, Protocol } from '../image-list.ts';
import { shapesLists } from '../shapes/shapes-lists.ts';
import { validationLists } from '../validation-lists.ts';

const known = new Map<Protocol, DatasetFacts>();

/** Facts of the generated data set: its pictures follow from their names. */
export function generatedFacts(protocol: Protocol): DatasetFacts {
  const facts = known.get(protocol) ?? makeFacts(protocol);
  known.set(protocol, facts);
  return facts;
}

function makeFacts(protocol: Protocol): DatasetFacts {
  const lists = protocol === 'validation' ? validationLists(shapesLists()) : shapesLists();
  const drawn = (list: readonly ImageEntry[]) => list.map((entry) => ({ ...entry, sha256: DRAWN }));
  return datasetFacts({ ...lists, train: drawn(lists.train), test: drawn(lists.test), gallery: null });
}
