import { DatasetError } from '../dataset-error.ts';
import type { ImageEntry } from '../image-list.ts';

/** Where in an annotation file something stands, for messages: `CUB_200_2011/images.txt, line 3`. */
export type AnnotationPlace = { readonly file: string; readonly line: number };

/** A DatasetError that says what was expected at a place, and what is there. */
export function malformedAt({ file, line }: AnnotationPlace, expected: string, found: string): DatasetError {
  const shown = found.length > 40 ? `${found.slice(0, 40)}...` : found;
  return new DatasetError('malformed_file', `${file}, line ${line}: ${expected}, found ${JSON.stringify(shown)}`);
}

/** A class number, 1 or more. Throws DatasetError malformed_file. */
export function classNumber(text: string, place: AnnotationPlace): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1) throw malformedAt(place, 'a class number from 1 was expected', text);
  return value;
}

/**
 * An image of a list. The reference reads its lists back by splitting at comma and space, so its paths can have neither;
 * and a path must stay in the data set's folder. Throws DatasetError malformed_file or outside_data_root.
 */
export function listedImage(path: string, label: number, place: AnnotationPlace): ImageEntry {
  if (path === '' || /[\s,\0]/.test(path)) {
    throw malformedAt(place, 'a path without comma and white space was expected', path);
  }
  if (path.startsWith('/') || path.includes('\\') || path.split('/').includes('..')) {
    const message = `${place.file}, line ${place.line}: the path ${JSON.stringify(path)} leads out of its folder`;
    throw new DatasetError('outside_data_root', message);
  }
  return { path, label };
}
