import { datasetNames, datasetRecord } from '@spherelab/catalogue';

/** A data set that can be fetched: what is known of one before it is there. */
export type FetchedDataset = {
  readonly name: string;
  readonly about: string;
  /** What a person types to have it. */
  readonly command: string;
};

export const fetchedDatasets: readonly FetchedDataset[] = datasetNames
  .filter((name) => datasetRecord(name).kind === 'fetched')
  .map((name) => ({ name, about: datasetRecord(name).about, command: `spherelab datasets fetch ${name}` }));
