import { ConfigError } from './config-error.ts';
import type { PaperDataset } from './paper-datasets.ts';

/** Names under which the data sets of the paper go elsewhere: their folders, archives, and other programs' flags; letters and digits. */
const otherNames: Readonly<Record<PaperDataset, readonly string[]>> = {
  cub: ['cub200', 'cub2002011', 'cub2011', 'cubbirds', 'cub200birds', 'caltechucsdbirds2002011'],
  cars: ['cars196', 'car196', 'stanfordcars', 'stanfordcars196', 'cars196dataset'],
  sop: ['stanfordonlineproducts', 'onlineproducts', 'standfordonlineproducts'],
  inshop: ['inshop', 'inshopclothes', 'inshopclothesretrieval', 'deepfashion', 'deepfashioninshop'],
};

/**
 * Refuses another name of a data set of the paper: as a folder of one's own it would run with another preset, and nobody would notice.
 * @param name as it is stored: `canonicalDatasetName` of what was typed
 * @throws ConfigError that says which was meant
 */
export function checkDatasetMeant(name: string): void {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const meant = (Object.keys(otherNames) as PaperDataset[]).find((known) => otherNames[known].includes(plain));
  if (meant === undefined || name === meant) return;
  const reason = `is ${meant} by another name, and would run without its preset; did you mean ${meant}? (a folder of your own needs a name of its own)`;
  throw new ConfigError([{ field: 'dataset', value: name, reason, allowed: meant }]);
}
