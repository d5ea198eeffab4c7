import { DatasetError } from '../dataset-error.ts';
import type { ImageEntry } from '../image-list.ts';
import type { MatValue } from '../mat-file/mat-value.ts';
import { matVariable } from '../mat-file/mat-variable.ts';
import { annotationFile } from './annotation-file.ts';
import { listedImage } from './annotation-place.ts';
import type { PaperLists } from './paper-lists.ts';

const FILE = 'CARS196/cars_annos.mat';
const LAST_TRAINING_CLASS = 98;

function malformed(row: number, reason: string): DatasetError {
  return new DatasetError('malformed_file', `${FILE}, annotation ${row}: ${reason}`);
}

function pathOf(value: MatValue | undefined, field: string, row: number): string {
  if (value?.kind === 'text' && value.dims.length === 2 && value.dims[0] === 1) return value.text;
  throw malformed(row, `the first field, ${field}, was expected to be a line of text: the picture's path`);
}

function classOf(value: MatValue | undefined, field: string, row: number): number {
  const number = value?.kind === 'numbers' && value.numbers.length === 1 ? Number(value.numbers[0]) : 0;
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw malformed(row, `the field before the last, ${field}, was expected to be one whole number from 1: the class`);
}

/**
 * Cars196: path and class are the first field and the field before the last of each annotation, whatever their names;
 * classes 1..98 train, labels are class - 1 in both lists. The official halves (field `test`) play no part
 * (split_train_test.py:23-35). Throws DatasetError.
 */
export async function carsLists(dataRoot: string): Promise<PaperLists> {
  const annotations = matVariable(FILE, await annotationFile(dataRoot, FILE), 'annotations');
  if (annotations.kind !== 'structs' || annotations.dims.length !== 2 || annotations.dims[0] !== 1) {
    const found = `${annotations.dims.join(' x ')} ${annotations.kind}`;
    throw new DatasetError(
      'malformed_file',
      `${FILE}: "annotations" was expected to be a row of structs, not ${found}`,
    );
  }
  const { fields, rows } = annotations;
  const train: ImageEntry[] = [];
  const test: ImageEntry[] = [];
  for (const [index, row] of rows.entries()) {
    const path = pathOf(row[0], fields[0] ?? '', index + 1);
    const number = classOf(row.at(-2), fields.at(-2) ?? '', index + 1);
    const list = number <= LAST_TRAINING_CLASS ? train : test;
    list.push(listedImage(path, number - 1, { file: FILE, line: index + 1 }));
  }
  return { train, test, gallery: null, notes: [] };
}
