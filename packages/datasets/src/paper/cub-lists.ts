import type { ImageEntry } from '../image-list.ts';
import { annotationLines } from './annotation-file.ts';
import { classNumber, listedImage, malformedAt } from './annotation-place.ts';
import type { PaperLists } from './paper-lists.ts';

const FILE = 'CUB_200_2011/images.txt';
const LAST_TRAINING_CLASS = 100;

/**
 * CUB-200-2011: a row `id path`; the class is the number before the path's first dot, classes 1..100 train. Labels are
 * class - 1 in both lists, so those of the test begin at 100 (split_train_test.py:4-20). Throws DatasetError.
 */
export async function cubLists(dataRoot: string): Promise<PaperLists> {
  const train: ImageEntry[] = [];
  const test: ImageEntry[] = [];
  for (const [index, line] of (await annotationLines(dataRoot, FILE)).entries()) {
    const place = { file: FILE, line: index + 1 };
    const words = line.trim().split(/\s+/);
    // The reference fails at an empty line too, at the end of the file as well.
    const expected = 'two words "id path" were expected (the reference fails at empty lines too)';
    if (words.length !== 2) throw malformedAt(place, expected, line);
    const [, path = ''] = words;
    const number = classNumber(path.split('.', 1)[0] ?? '', place);
    const list = number <= LAST_TRAINING_CLASS ? train : test;
    list.push(listedImage(`images/${path}`, number - 1, place));
  }
  return { train, test, gallery: null, notes: [] };
}
