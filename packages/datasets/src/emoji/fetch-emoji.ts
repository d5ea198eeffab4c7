import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import { chooseClasses } from './choose-classes.ts';
import { emojiDataset } from './emoji-facts.ts';
import { type FolderCounts, makeEmojiFolder, presentEmoji } from './emoji-folder.ts';
import { sourcesFile, sourcesText } from './emoji-sources.ts';
import { fetchPackage } from './fetch-package.ts';
import { type IconSet, readIconSet } from './icon-set.ts';
import { type PinnedPackage, pinnedPackages } from './pinned-packages.ts';
import { writePictures } from './write-pictures.ts';

export type FetchEmojiOptions = {
  readonly dataRoot: string;
  /** Render again what is there. */
  readonly force?: boolean;
  /** Ends it, with nothing left behind. */
  readonly signal?: AbortSignal;
  /** `fraction`: 0..1 of the whole. */
  readonly onProgress?: (step: string, fraction: number) => void;
};

export type FetchedEmoji = FolderCounts & {
  readonly name: string;
  readonly folder: string;
  /** false where it was there already. */
  readonly made: boolean;
};

/** Where the drawings come from and how many are expected; tests give their own. */
export type EmojiOrigin = {
  readonly packages: readonly PinnedPackage[];
  readonly fetch: (pinned: PinnedPackage, signal?: AbortSignal) => Promise<Uint8Array>;
  readonly expected: FolderCounts;
};

const pinnedOrigin: EmojiOrigin = { packages: pinnedPackages, fetch: fetchPackage, expected: emojiDataset };

/** Share of the whole that fetching takes; the rest is rendering. */
const fetchingShare = 0.1;

/**
 * Makes the data set `emoji` in the data root: fetches the pinned packages through npm, renders what at least four designers drew,
 * writes whose drawings they are beside it. What is there already is counted and kept.
 * @throws DatasetError fetch_failed, unwritable_folder, ambiguous_name (a folder of the user's own), too_few_images (what is there is
 * not complete); the signal's reason. Nothing half-done stays behind.
 */
export async function fetchEmoji(options: FetchEmojiOptions, origin = pinnedOrigin): Promise<FetchedEmoji> {
  const { dataRoot, force = false, signal } = options;
  const { expected } = origin;
  const folder = path.join(dataRoot, emojiDataset.name);
  const present = await presentEmoji(dataRoot);
  if (present !== null && !force) {
    checkCounts(present, expected, folder);
    return { name: emojiDataset.name, folder, ...present, made: false };
  }
  const counts = { classes: 0, images: 0 };
  await makeEmojiFolder(dataRoot, present !== null, async (temporary) => {
    const sets = await readSets(origin, options);
    const classes = chooseClasses(sets);
    const byDesigner = await writePictures(
      path.join(temporary, 'images'),
      classes,
      (done, total) => {
        const fraction = fetchingShare + ((1 - fetchingShare) * done) / total;
        options.onProgress?.(`rendering ${done}/${total} pictures`, fraction);
      },
      signal,
    );
    counts.classes = classes.length;
    counts.images = [...byDesigner.values()].reduce((sum, images) => sum + images, 0);
    checkCounts(counts, expected, 'what the packages hold');
    await writeFile(
      path.join(temporary, sourcesFile),
      sourcesText(origin.packages, sets, { classes: classes.length, images: byDesigner }),
    );
  });
  return { name: emojiDataset.name, folder, ...counts, made: true };
}

async function readSets({ packages, fetch }: EmojiOrigin, options: FetchEmojiOptions): Promise<IconSet[]> {
  const sets: IconSet[] = [];
  for (const [index, pinned] of packages.entries()) {
    const step = `fetching ${pinned.name} ${pinned.version} through npm`;
    options.onProgress?.(step, (fetchingShare * index) / packages.length);
    sets.push(readIconSet(pinned, await fetch(pinned, options.signal)));
    options.signal?.throwIfAborted();
  }
  return sets;
}

function checkCounts(found: FolderCounts, expected: FolderCounts, where: string): void {
  if (found.classes === expected.classes && found.images === expected.images) return;
  throw new DatasetError(
    'too_few_images',
    `${where}: ${found.classes} classes with ${found.images} pictures, where ${expected.classes} with ${expected.images} are expected; "${emojiDataset.command} --force" makes it again`,
  );
}
