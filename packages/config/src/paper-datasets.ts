/** The data sets of the published table, in its order. */
export const paperDatasets = ['cub', 'cars', 'sop', 'inshop'] as const;
export type PaperDataset = (typeof paperDatasets)[number];

export function isPaperDataset(dataset: string): dataset is PaperDataset {
  return (paperDatasets as readonly string[]).includes(dataset);
}
