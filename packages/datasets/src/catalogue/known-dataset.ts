import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type DatasetFacts, type Division, divisionName } from '@spherelab/config';
import { ContentIndex } from '../content/content-index.ts';
import { type DatasetContent, readDatasetContent } from '../content/dataset-content.ts';
import { ListedFolders } from '../content/listed-folders.ts';
import { datasetFacts } from '../dataset-facts.ts';
import { readDatasetLists } from '../dataset-lists.ts';
import { dividedLists } from '../divided-lists.ts';
import { paperDataset } from '../paper/paper-dataset.ts';
import { changesSeen, type FolderWatch } from './folder-watch.ts';

/** A data set that somebody writes all the time is told as it was found at last; the next question finds it again. */
const MAX_SCANS = 6;

/** What was found, and what it is in each division that was asked for. */
type Scan = {
  readonly lists: DatasetContent['lists'];
  readonly paper: DatasetFacts;
  readonly divided: Map<string, DatasetFacts>;
  readonly hashed: number;
};

type Known = { readonly scan: Scan; readonly changes: number; readonly folderId: string };

export type KnownDatasetOptions = {
  readonly dataRoot: string;
  /** as its folder is spelled, or the name of the paper's */
  readonly name: string;
  readonly cacheFolder: string | null;
  readonly watch: FolderWatch;
  readonly onScan: (hashed: number) => void;
};

/**
 * One data set and what is known of it. While its folders are watched and nothing has changed in them, questions are answered
 * from memory; otherwise it is listed again, and what is new in it is hashed.
 */
export class KnownDataset {
  readonly #options: KnownDatasetOptions;
  readonly #folder: string;
  #index: ContentIndex | null = null;
  #known: Known | null = null;
  #flight: Promise<Scan> | null = null;
  #next: Promise<Scan> | null = null;

  constructor(options: KnownDatasetOptions) {
    this.#options = options;
    this.#folder = join(options.dataRoot, paperDataset(options.name)?.folder ?? options.name);
  }

  /** Facts that hold for what was in the folder when this was called, or since. Throws DatasetError. */
  async facts(division: Division): Promise<DatasetFacts> {
    await changesSeen();
    return factsOf(this.#remembered() ?? (await this.#scanned()), division);
  }

  /** Facts that are known to hold, or null. */
  async knownFacts(): Promise<DatasetFacts | null> {
    await changesSeen();
    return this.#remembered()?.paper ?? null;
  }

  #remembered(): Scan | null {
    const { watch } = this.#options;
    if (this.#known === null || !watch.isPossible || this.#known.changes !== watch.changes) return null;
    return this.#known.folderId === this.#folderId() ? this.#known.scan : null;
  }

  /** Changes where a folder above was renamed, which no watch tells. */
  #folderId(): string {
    const facts = statSync(this.#folder, { bigint: true, throwIfNoEntry: false });
    return facts === undefined ? 'none' : `${facts.dev}:${facts.ino}`;
  }

  /**
   * The scan under way answers whoever comes while it goes on if it ends with nothing changed since it began. Where it does not,
   * and where nothing is told, only a scan that begins after the question knows.
   */
  #scanned(): Promise<Scan> {
    if (this.#flight === null) return this.#begin();
    if (this.#options.watch.isPossible) {
      const again = (): Promise<Scan> => this.#flight ?? this.#begin();
      return this.#flight.then((scan) => (this.#known?.scan === scan ? scan : again()), again);
    }
    const begin = (): Promise<Scan> => {
      this.#next = null;
      return this.#begin();
    };
    this.#next ??= this.#flight.then(begin, begin);
    return this.#next;
  }

  #begin(): Promise<Scan> {
    this.#flight = this.#scanUntilStill().finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  async #scanUntilStill(): Promise<Scan> {
    const { watch } = this.#options;
    if (watch.isPossible && watch.folderCount === 0) await this.#followLists();
    let before: string | null = null;
    for (let scans = 1; ; scans += 1) {
      const { changes, isPossible } = watch;
      const folderId = this.#folderId();
      const [scan, isFollowed] = await this.#scan().catch((error: Error): [Error, boolean] => [error, false]);
      await changesSeen();
      const isLast = scans === MAX_SCANS;
      if (scan instanceof Error) {
        // A folder that goes while it is listed is no error of the data set.
        const isRaced = watch.changes !== changes || codeOf(scan) === 'ENOENT' || codeOf(scan) === 'ENOTDIR';
        if (isRaced && !isLast) continue;
        throw scan;
      }
      if (isFollowed && watch.changes === changes) {
        this.#known = { scan, changes, folderId };
        return scan;
      }
      // Where nothing is told, twice the same is as good as still.
      const isStill = !isPossible && (scan.hashed === 0 || scan.paper.dataSha256 === before);
      if (isStill || isLast) return scan;
      before = scan.paper.dataSha256;
    }
  }

  /** Watches what the lists name before the first scan, so that it need not be done again for what it did not see. */
  async #followLists(): Promise<void> {
    const { dataRoot, name, watch } = this.#options;
    try {
      const lists = await readDatasetLists(dataRoot, name);
      const folders = new ListedFolders(dataRoot);
      folders.passSources(lists);
      folders.passImages(lists);
      watch.follow(folders.all());
    } catch {
      // The scan finds the same and says it.
    }
  }

  /** @returns what was found, and whether all of it was watched since before it was looked for */
  async #scan(): Promise<[scan: Scan, isFollowed: boolean]> {
    const { dataRoot, name, cacheFolder, watch, onScan } = this.#options;
    const content = await readDatasetContent(dataRoot, name, (folder) => {
      this.#index ??= new ContentIndex(folder, cacheFolder);
      return this.#index;
    });
    onScan(content.hashed);
    if (content.hasOtherNames && watch.isPossible) watch.giveUp();
    const isNew = watch.follow(content.folders);
    const paper = datasetFacts(content.lists);
    const scan = { lists: content.lists, paper, divided: new Map([['paper', paper]]), hashed: content.hashed };
    return [scan, !isNew && watch.isPossible];
  }

  /** Ends the watch; whoever waits is still answered. */
  close(): void {
    this.#options.watch.giveUp();
  }
}

function codeOf(error: Error): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function factsOf({ lists, divided }: Scan, division: Division): DatasetFacts {
  const name = divisionName(division);
  const facts = divided.get(name) ?? datasetFacts(dividedLists(lists, division));
  divided.set(name, facts);
  return facts;
}
