import { join } from 'node:path';
import { DatasetError } from './dataset-error.ts';
import { readDatasetLists } from './dataset-lists.ts';
import { classSizes } from './image-list.ts';
import { lonelyClasses } from './lonely-classes.ts';
import { type ListSize, paperDataset } from './paper/paper-dataset.ts';
import { decodePicture, readPictureHeader } from './pictures/decode-picture.ts';
import { findPictureFile, readPictureFile } from './pictures/picture-file.ts';
import { resizeShortSide, shortSideFor } from './pictures/picture-transform.ts';
import { type SplitLists, type SplitPart, splitLists } from './split-lists.ts';

export type VerifyOptions = {
  readonly dataRoot: string;
  readonly name: string;
  /** Decode and resize every picture, as training will, instead of reading its header only. */
  readonly decode: boolean;
  readonly onProgress?: (done: number, total: number) => void;
};

export type VerifiedPart = ListSize & {
  readonly part: SplitPart['part'];
  /** What the published data set has; null for a data set of one's own. */
  readonly expected: ListSize | null;
};

export type DatasetVerification = {
  readonly dataset: string;
  readonly ok: boolean;
  readonly parts: readonly VerifiedPart[];
  readonly missing: readonly string[];
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  /** What keeps it from being trained on; null: nothing. */
  readonly problem: string | null;
  readonly notes: readonly string[];
};

/** sharp decodes on threads of its own. */
const PICTURES_AT_ONCE = 4;
/** The paper's crop. */
const IMAGE_SIZE = 227;

/** Checks the lists of a data set against what was published, and that each of its pictures is there and can be read. */
export async function verifyDataset(options: VerifyOptions): Promise<DatasetVerification> {
  const { dataRoot, name } = options;
  let split: SplitLists;
  try {
    split = await splitLists(dataRoot, name);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const nothing = { parts: [], missing: [], unreadable: [], notes: [] };
    return { dataset: name, ok: false, problem: error.message, ...nothing };
  }
  const problem = await problemOf(dataRoot, name);
  const parts = split.parts.map((part) => verifiedPart(split, part));
  const { missing, unreadable } = await checkPictures(options, split);
  const areCountsRight = parts.every(
    ({ images, classes, expected }) =>
      expected === null || (images === expected.images && classes === expected.classes),
  );
  const ok = problem === null && areCountsRight && missing.length === 0 && unreadable.length === 0;
  return { dataset: split.name, ok, parts, missing, unreadable, problem, notes: split.notes };
}

async function problemOf(dataRoot: string, name: string): Promise<string | null> {
  try {
    const { kind, train } = await readDatasetLists(dataRoot, name);
    const lonely = kind === 'folder' ? lonelyClasses(train) : [];
    if (lonely.length === 0) return null;
    return `training classes with a single image, which has no positive pair: ${lonely.join(', ')}`;
  } catch (error) {
    if (error instanceof DatasetError) return error.message;
    throw error;
  }
}

function verifiedPart({ name }: SplitLists, { part, list }: SplitPart): VerifiedPart {
  const expected = paperDataset(name)?.expected[part === 'query' ? 'test' : part] ?? null;
  return { part, images: list.length, classes: classSizes(list).size, expected };
}

async function checkPictures(
  { dataRoot, decode, onProgress }: VerifyOptions,
  { folder, parts }: SplitLists,
): Promise<Pick<DatasetVerification, 'missing' | 'unreadable'>> {
  const paths = [...new Set(parts.flatMap(({ list }) => list.map(({ path }) => path)))];
  const problems = new Map<string, { readonly isMissing: boolean; readonly reason: string }>();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < paths.length) {
      const path = paths[next] as string;
      next += 1;
      const file = join(dataRoot, folder, path);
      try {
        findPictureFile(file);
      } catch (error) {
        problems.set(path, { isMissing: true, reason: reasonOf(error) });
        continue;
      }
      await readPicture(file, decode).catch((error: unknown) => {
        problems.set(path, { isMissing: false, reason: reasonOf(error) });
      });
      onProgress?.(next, paths.length);
    }
  };
  await Promise.all(Array.from({ length: PICTURES_AT_ONCE }, work));
  const found = paths.flatMap((path) => {
    const problem = problems.get(path);
    return problem === undefined ? [] : [{ path, ...problem }];
  });
  return {
    missing: found.filter(({ isMissing }) => isMissing).map(({ path }) => path),
    unreadable: found.filter(({ isMissing }) => !isMissing).map(({ path, reason }) => ({ path, reason })),
  };
}

async function readPicture(path: string, decode: boolean): Promise<void> {
  if (!decode) {
    await readPictureHeader(path);
    return;
  }
  resizeShortSide(await decodePicture(readPictureFile(findPictureFile(path))), shortSideFor(IMAGE_SIZE));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
