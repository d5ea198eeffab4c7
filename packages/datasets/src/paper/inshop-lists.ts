import { DatasetError } from '../dataset-error.ts';
import type { ImageEntry } from '../image-list.ts';
import { annotationLines } from './annotation-file.ts';
import { listedImage } from './annotation-place.ts';
import type { PaperLists } from './paper-lists.ts';

const FILE = 'Inshop/list_eval_partition.txt';

type Row = { readonly path: string; readonly item: string; readonly part: string; readonly line: number };

/** Labels in order of first appearance. */
function labelGiver(): { readonly labelOf: (item: string) => number; readonly knows: (item: string) => boolean } {
  const labels = new Map<string, number>();
  const labelOf = (item: string): number => {
    const label = labels.get(item) ?? labels.size;
    labels.set(item, label);
    return label;
  };
  return { labelOf, knows: (item) => labels.has(item) };
}

/**
 * In-Shop: rows of three words `path item part`; all other rows are passed over, the two header lines among them.
 * Training and query labels are given in order of first appearance, each list from 0; the gallery takes the labels of the
 * queries and ENDS at its first row whose item no query has (split_train_test.py:62-104). Throws DatasetError.
 */
export async function inshopLists(dataRoot: string): Promise<PaperLists> {
  const lines = await annotationLines(dataRoot, FILE);
  const rows: Row[] = [];
  const passedOver: number[] = [];
  for (const [index, text] of lines.entries()) {
    const words = text.trim().split(/\s+/);
    const [path = '', item = '', part = ''] = words;
    if (words.length === 3 && ['train', 'query', 'gallery'].includes(part)) {
      rows.push({ path, item, part, line: index + 1 });
    } else if (index >= 2) passedOver.push(index + 1);
  }
  if (rows.length === 0) {
    const expected =
      'rows of three words "image_name item_id evaluation_status" (train, query or gallery) were expected';
    throw new DatasetError('malformed_file', `${FILE}: ${expected}, none was found in ${lines.length} lines`);
  }
  const training = labelGiver();
  const queries = labelGiver();
  const entryOf = ({ path, line }: Row, label: number): ImageEntry => listedImage(path, label, { file: FILE, line });
  const partOf = (part: string): Row[] => rows.filter((row) => row.part === part);
  const train = partOf('train').map((row) => entryOf(row, training.labelOf(row.item)));
  const test = partOf('query').map((row) => entryOf(row, queries.labelOf(row.item)));
  const galleryRows = partOf('gallery');
  const end = galleryRows.findIndex(({ item }) => !queries.knows(item));
  const listed = end === -1 ? galleryRows : galleryRows.slice(0, end);
  const gallery = listed.map((row) => entryOf(row, queries.labelOf(row.item)));
  return { train, test, gallery, notes: [...notesOnRows(passedOver), ...notesOnEnd(galleryRows, end)] };
}

function notesOnRows(passedOver: readonly number[]): string[] {
  if (passedOver.length === 0) return [];
  const [first] = passedOver;
  return [
    `${FILE}: ${passedOver.length} lines are no rows of three words and were passed over, the first is line ${first}`,
  ];
}

function notesOnEnd(galleryRows: readonly Row[], end: number): string[] {
  const row = galleryRows[end];
  if (row === undefined) return [];
  const left = galleryRows.length - end;
  return [
    `${FILE}, line ${row.line}: no query has item ${row.item}, so the gallery ends before it (${left} rows left out)`,
  ];
}
