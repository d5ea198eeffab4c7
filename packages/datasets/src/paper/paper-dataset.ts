import { carsLists } from './cars-lists.ts';
import { cubLists } from './cub-lists.ts';
import { inshopLists } from './inshop-lists.ts';
import type { PaperLists } from './paper-lists.ts';
import { sopLists } from './sop-lists.ts';

export type ListSize = { readonly images: number; readonly classes: number };

/** A data set of the paper, in the layout that the reference's README asks for. */
export type PaperDataset = {
  readonly name: string;
  /** Folder under the data root that the paths of the lists are relative to. */
  readonly folder: string;
  /** What the lists are read from, relative to the data root. */
  readonly files: readonly string[];
  readonly readLists: (dataRoot: string) => Promise<PaperLists>;
  /** What the published data set has. */
  readonly expected: { readonly train: ListSize; readonly test: ListSize; readonly gallery: ListSize | null };
};

/** The paper's data sets as they lie in files; @spherelab/config has their names. */
export const paperLayouts: readonly PaperDataset[] = [
  {
    name: 'cub',
    folder: 'CUB_200_2011',
    files: ['CUB_200_2011/images.txt'],
    readLists: cubLists,
    expected: { train: { images: 5864, classes: 100 }, test: { images: 5924, classes: 100 }, gallery: null },
  },
  {
    name: 'cars',
    folder: 'CARS196',
    files: ['CARS196/cars_annos.mat'],
    readLists: carsLists,
    expected: { train: { images: 8054, classes: 98 }, test: { images: 8131, classes: 98 }, gallery: null },
  },
  {
    name: 'sop',
    folder: 'SOP',
    files: ['SOP/Stanford_Online_Products/Ebay_train.txt', 'SOP/Stanford_Online_Products/Ebay_test.txt'],
    readLists: sopLists,
    expected: { train: { images: 59551, classes: 11318 }, test: { images: 60502, classes: 11316 }, gallery: null },
  },
  {
    name: 'inshop',
    folder: 'Inshop',
    files: ['Inshop/list_eval_partition.txt'],
    readLists: inshopLists,
    expected: {
      train: { images: 25882, classes: 3997 },
      test: { images: 14218, classes: 3985 },
      gallery: { images: 12612, classes: 3985 },
    },
  },
];

/** The data set of the paper with that name, in any case; undefined for others. */
export function paperDataset(name: string): PaperDataset | undefined {
  return paperLayouts.find((dataset) => dataset.name === name.toLowerCase());
}
