import { DatasetError } from './dataset-error.ts';

const PARTS = ['train', 'test', 'query', 'gallery'] as const;
type Part = (typeof PARTS)[number];

/** Classes (`dog`) or files (`dog/1.jpg`) for each part; either test, or query and gallery. */
export type SplitFile = { readonly [P in Part]?: readonly string[] };

function invalid(dataset: string, reason: string, cause?: unknown): DatasetError {
  return new DatasetError('invalid_split', `split.json of data set ${dataset}: ${reason}`, { cause });
}

/** Parses the text of a split.json. Throws DatasetError invalid_split, saying what is wrong. */
export function parseSplitFile(text: string, dataset: string): SplitFile {
  let parsed: unknown;
  try {
    // Editors of Windows put a byte order mark before it.
    parsed = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw invalid(dataset, 'not valid JSON', cause);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw invalid(dataset, 'not an object');
  for (const [key, value] of Object.entries(parsed)) {
    if (!PARTS.some((part) => part === key))
      throw invalid(dataset, `unknown key "${key}"; there is ${PARTS.join(', ')}`);
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
      throw invalid(dataset, `"${key}" must be a list of class names or of files written class/file`);
    }
  }
  const split = parsed as SplitFile;
  if (split.train === undefined) throw invalid(dataset, '"train" is missing');
  const hasPair = split.query !== undefined && split.gallery !== undefined;
  const hasHalf = split.query !== undefined || split.gallery !== undefined;
  if (split.test !== undefined ? hasHalf : !hasPair) {
    throw invalid(dataset, 'give either "test", or both "query" and "gallery"');
  }
  return split;
}

/**
 * The images that one part names, class by class in the order written. `imagesOf` maps a class to its paths.
 * Throws DatasetError invalid_split for a class or file that is not there, or is named twice.
 */
export function imagesOfPart(
  items: readonly string[],
  imagesOf: ReadonlyMap<string, readonly string[]>,
  dataset: string,
): string[] {
  const allPaths = new Map([...imagesOf.values()].flat().map((path) => [path.normalize('NFC'), path]));
  const classes = new Map([...imagesOf].map(([name, images]) => [name.normalize('NFC'), images]));
  const paths = items.flatMap((item) => {
    if (!item.includes('/')) {
      // The file may write é as one character where the folder has e and an accent, and the other way round.
      const images = classes.get(item.normalize('NFC'));
      if (images === undefined) throw invalid(dataset, `there is no class "${item}"`);
      return images;
    }
    const path = allPaths.get(`images/${item}`.normalize('NFC'));
    if (path === undefined) throw invalid(dataset, `there is no file "${item}" under images/`);
    return [path];
  });
  const seen = new Set<string>();
  for (const path of paths) {
    if (seen.has(path)) throw invalid(dataset, `"${path}" is named twice in one part`);
    seen.add(path);
  }
  return paths;
}
