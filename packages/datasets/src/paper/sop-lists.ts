import type { ImageList } from '../image-list.ts';
import { annotationLines } from './annotation-file.ts';
import { classNumber, listedImage, malformedAt } from './annotation-place.ts';
import type { PaperLists } from './paper-lists.ts';

const FOLDER = 'Stanford_Online_Products';

async function readList(dataRoot: string, name: string): Promise<ImageList> {
  const file = `SOP/${FOLDER}/${name}`;
  const [, ...rows] = await annotationLines(dataRoot, file);
  return rows.map((row, index) => {
    const place = { file, line: index + 2 };
    const words = row.trim().split(' ');
    if (words.length !== 4) {
      const columns = 'four words "image_id class_id super_class_id path", one space apart';
      throw malformedAt(place, `${columns} were expected (the reference fails at empty lines too)`, row);
    }
    const [, classWord = '', , path = ''] = words;
    return listedImage(`${FOLDER}/${path}`, classNumber(classWord, place) - 1, place);
  });
}

/**
 * Stanford Online Products: split by file, one header line in each, whatever it says; labels are class_id - 1, so those
 * of the test begin at 11318 (split_train_test.py:38-59). Throws DatasetError.
 */
export async function sopLists(dataRoot: string): Promise<PaperLists> {
  const [train, test] = await Promise.all([readList(dataRoot, 'Ebay_train.txt'), readList(dataRoot, 'Ebay_test.txt')]);
  return { train, test, gallery: null, notes: [] };
}
