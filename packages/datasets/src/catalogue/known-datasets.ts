import { join } from 'node:path';
import type { DatasetFacts, Division } from '@spherelab/config';
import { ContentIndex } from '../content/content-index.ts';
import { findListedFile } from '../content/listed-file.ts';
import { timeSlices } from '../content/time-slices.ts';
import { DatasetError } from '../dataset-error.ts';
import type { ListedFacts } from '../dataset-facts.ts';
import {
  checkDatasetName,
  datasetFolderNames,
  generatedDatasets,
  knownDatasetNames,
  resolveDatasetFolder,
} from '../dataset-name.ts';
import { paperDataset } from '../paper/paper-dataset.ts';
import { FolderWatch } from './folder-watch.ts';
import { generatedFacts } from './generated-facts.ts';
import { KnownDataset } from './known-dataset.ts';
import { readListedFacts } from './read-listed-facts.ts';

/** A data set of the data root: its facts, or what keeps it from being used. */
export type DatasetDescription =
  | { readonly name: string; readonly facts: ListedFacts; readonly problem: null }
  | { readonly name: string; readonly facts: null; readonly problem: string };

/** What was done so far. */
export type CatalogueCounts = { readonly scans: number; readonly hashedFiles: number };

/** Folders watched for all data sets together; those that nobody asked for longest are let go. */
const MAX_WATCHED_FOLDERS = 32_768;
const MAX_DATASETS = 64;

export type KnownDatasetsOptions = {
  readonly cacheFolder: string | null;
  readonly openWatch?: () => FolderWatch;
};

/** The data sets that were asked for and what is known of them, most recently asked last. */
export class KnownDatasets {
  readonly #options: KnownDatasetsOptions;
  readonly #datasets = new Map<string, { readonly dataset: KnownDataset; readonly watch: FolderWatch }>();
  readonly #weights = new Map<string, ContentIndex>();
  #scans = 0;
  #hashedFiles = 0;

  constructor(options: KnownDatasetsOptions) {
    this.#options = options;
  }

  counts(): CatalogueCounts {
    return { scans: this.#scans, hashedFiles: this.#hashedFiles };
  }

  /** @throws DatasetError */
  async describe(dataRoot: string | null, name: string, division: Division): Promise<DatasetFacts> {
    checkDatasetName(name);
    if (generatedDatasets.includes(name.toLowerCase())) return generatedFacts(division);
    if (dataRoot === null) {
      throw new DatasetError('no_data_root', `data set "${name}" needs a data root, and none is set`);
    }
    const ownName = paperDataset(name)?.name ?? (await resolveDatasetFolder(dataRoot, name));
    const dataset = this.#dataset(dataRoot, ownName);
    return dataset.facts(division).finally(() => this.#letGo());
  }

  #dataset(dataRoot: string, name: string): KnownDataset {
    const key = keyOf(dataRoot, name);
    const known = this.#datasets.get(key) ?? this.#open(dataRoot, name);
    this.#datasets.delete(key);
    this.#datasets.set(key, known);
    return known.dataset;
  }

  #open(dataRoot: string, name: string): { dataset: KnownDataset; watch: FolderWatch } {
    const watch = this.#options.openWatch?.() ?? new FolderWatch();
    const onScan = (hashed: number): void => {
      this.#scans += 1;
      this.#hashedFiles += hashed;
    };
    const { cacheFolder } = this.#options;
    return { dataset: new KnownDataset({ dataRoot, name, cacheFolder, watch, onScan }), watch };
  }

  #letGo(): void {
    let folders = [...this.#datasets.values()].reduce((sum, { watch }) => sum + watch.folderCount, 0);
    for (const [key, { dataset, watch }] of this.#datasets) {
      if (this.#datasets.size === 1) return;
      if (this.#datasets.size <= MAX_DATASETS && folders <= MAX_WATCHED_FOLDERS) return;
      folders -= watch.folderCount;
      dataset.close();
      this.#datasets.delete(key);
    }
  }

  /**
   * Every generated data set, every data set of the paper whose folder is there, and every other folder of the data root.
   * Only the lists are read, where nothing is known yet.
   */
  async list(dataRoot: string | null): Promise<DatasetDescription[]> {
    const folders = dataRoot === null ? [] : await datasetFolderNames(dataRoot);
    return Promise.all(
      knownDatasetNames(folders).map(async (name): Promise<DatasetDescription> => {
        try {
          const known = await this.#datasets.get(keyOf(dataRoot, name))?.dataset.knownFacts();
          return { name, facts: known ?? (await readListedFacts(dataRoot, name)), problem: null };
        } catch (error) {
          // One folder that cannot be read takes nobody else off the list.
          const isOfFile = error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
          if (error instanceof DatasetError || isOfFile) return { name, facts: null, problem: error.message };
          throw error;
        }
      }),
    );
  }

  /** SHA-256 (hex) of a file of weights; null where there is none that can be read. */
  async weightsSha256(dataRoot: string, name: string): Promise<string | null> {
    const folder = join(dataRoot, 'weights');
    const file = findListedFile(join(folder, name));
    if (file === null) return null;
    const index = this.#weights.get(folder) ?? new ContentIndex(folder, this.#options.cacheFolder);
    this.#weights.set(folder, index);
    const hashedBefore = index.hashed;
    const sha256 = await index.sha256Of(name, file, timeSlices()).catch(() => null);
    this.#hashedFiles += index.hashed - hashedBefore;
    index.save();
    return sha256;
  }

  close(): void {
    for (const { dataset } of this.#datasets.values()) dataset.close();
    this.#datasets.clear();
  }
}

function keyOf(dataRoot: string | null, name: string): string {
  return `${dataRoot}\0${name}`;
}
