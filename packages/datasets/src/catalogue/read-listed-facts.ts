import { join } from 'node:path';
import { findListedFile } from '../content/listed-file.ts';
import { type ListedFacts, listedFacts } from '../dataset-facts.ts';
import { readDatasetLists } from '../dataset-lists.ts';
import { isStampFinal } from '../file-stamp.ts';
import { paperDataset } from '../paper/paper-dataset.ts';

const known = new Map<string, { readonly stamp: string; readonly facts: ListedFacts }>();

/** What the lists of a data set tell; those of the paper are read again only when their files have changed. Throws DatasetError. */
export async function readListedFacts(dataRoot: string | null, name: string): Promise<ListedFacts> {
  const files = dataRoot === null ? [] : (paperDataset(name)?.files ?? []).map((file) => join(dataRoot, file));
  const found = files.map((file) => findListedFile(file));
  const stamp = found.map((file) => file?.stamp).join(';');
  const canBeKnown = files.length > 0 && found.every((file) => file !== null && isStampFinal(file));
  const key = `${dataRoot}\0${name}`;
  const before = known.get(key);
  if (canBeKnown && before?.stamp === stamp) return before.facts;
  const facts = listedFacts(await readDatasetLists(dataRoot, name));
  if (canBeKnown) known.set(key, { stamp, facts });
  return facts;
}
