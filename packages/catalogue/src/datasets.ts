import { cars } from './datasets/cars.ts';
import { cub } from './datasets/cub.ts';
import type { DatasetRecord } from './datasets/dataset-record.ts';
import { emoji } from './datasets/emoji.ts';
import { folder } from './datasets/folder.ts';
import { inshop } from './datasets/inshop.ts';
import type { When } from './datasets/measures.ts';
import { shapes } from './datasets/shapes.ts';
import { sop } from './datasets/sop.ts';

/** The data sets that are known by name: those of the published table in its order, then ours. */
export const datasets = { cub, cars, sop, inshop, shapes, emoji } as const satisfies Readonly<
  Record<string, DatasetRecord>
>;

export type DatasetName = keyof typeof datasets;
export const datasetNames = Object.keys(datasets) as readonly DatasetName[];

/** The data sets of the published table, in its order. */
export const paperDatasets = ['cub', 'cars', 'sop', 'inshop'] as const satisfies readonly DatasetName[];
export type PaperDataset = (typeof paperDatasets)[number];

export function isPaperDataset(dataset: string): dataset is PaperDataset {
  return datasetRecord(dataset).kind === 'paper';
}

/** The name by which a data set is stored: lower case where it is known by name, so that `CUB` works; folders keep theirs. */
export function canonicalDatasetName(name: string): string {
  const lower = name.toLowerCase();
  return Object.hasOwn(datasets, lower) ? lower : name;
}

/** The record of a data set by its canonical name; that of a folder for any other. */
export function datasetRecord(name: string): DatasetRecord {
  return Object.hasOwn(datasets, name) ? datasets[name as DatasetName] : folder;
}

/**
 * The known data set that somebody meant with another name of it, or null.
 * @param name canonical
 */
export function datasetMeant(name: string): DatasetName | null {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const meant = datasetNames.find((known) => datasetRecord(known).otherNames.includes(plain));
  return meant === undefined || meant === name ? null : meant;
}

/** The K of Recall@K that is reported for a data set. */
export function recallKs(dataset: string): readonly number[] {
  return datasetRecord(dataset).measures.recallKs;
}

/** What an evaluation of a data set measures beside Recall@K on its test images, and when. */
export type EvaluationProtocol = { readonly clustering: When; readonly trainingRecall: When };

export function evaluationProtocol(dataset: string, trainingImages: number): EvaluationProtocol {
  const { clustering, trainingRecall } = datasetRecord(dataset).measures;
  if (typeof trainingRecall === 'string') return { clustering, trainingRecall };
  return { clustering, trainingRecall: trainingImages <= trainingRecall.eachUpTo ? 'each' : 'final' };
}
