import { Worker } from 'node:worker_threads';
import type { DatasetFacts, Division } from '@spherelab/config';
import type { CatalogueAnswers, CatalogueQuestion, CatalogueReply } from './catalogue/catalogue-message.ts';
import type { CatalogueCounts, DatasetDescription } from './catalogue/known-datasets.ts';
import { DatasetError } from './dataset-error.ts';

export type { CatalogueCounts, DatasetDescription } from './catalogue/known-datasets.ts';
export { DatasetError, type DatasetErrorCode } from './dataset-error.ts';
export type { ListedFacts } from './dataset-facts.ts';
export { type FetchedDataset, fetchedDatasets } from './fetched-datasets.ts';

/** What data sets and files of weights are by content. A known data set that has not changed is told from memory. */
export type Catalogue = {
  /**
   * Facts of what is in the data set's folder when this is called, or since.
   * Rejects with DatasetError, `no_data_root` when the data set needs files and `dataRoot` is null.
   */
  readonly describe: (dataRoot: string | null, name: string, division?: Division) => Promise<DatasetFacts>;
  /** Every data set that the data root has, with its facts, apart from what is in the images, or with what is wrong. */
  readonly list: (dataRoot: string | null) => Promise<readonly DatasetDescription[]>;
  /** SHA-256 (hex) of `<data root>/weights/<name>`; null where there is no such file. */
  readonly weightsSha256: (dataRoot: string, name: string) => Promise<string | null>;
  /** Lists read and files hashed so far. */
  readonly counts: () => Promise<CatalogueCounts>;
  /** Ends thread and watches. Questions that are not answered yet are refused. */
  readonly close: () => Promise<void>;
};

export type CatalogueOptions = {
  /** Where hashes are kept between processes; null: nowhere. */
  readonly cacheFolder: string | null;
};

type Pending = { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void };

/** Opens a catalogue. Its thread begins with the first question, and keeps no process alive that has none open. */
export function openCatalogue(options: CatalogueOptions): Catalogue {
  const thread = new CatalogueThread(options);
  return {
    describe: (dataRoot, name, division = 'paper') => thread.ask({ about: 'describe', dataRoot, name, division }),
    list: (dataRoot) => thread.ask({ about: 'list', dataRoot }),
    weightsSha256: (dataRoot, name) => thread.ask({ about: 'weightsSha256', dataRoot, name }),
    counts: () => thread.ask({ about: 'counts' }),
    close: () => thread.close(),
  };
}

/** Lists, hashes and watches in a thread of its own, so that the loop that answers requests goes on. */
class CatalogueThread {
  readonly #options: CatalogueOptions;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #nextId = 0;
  #isClosed = false;

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  ask<Q extends CatalogueQuestion>(question: Q): Promise<CatalogueAnswers[Q['about']]> {
    if (this.#isClosed) return Promise.reject(new Error('the catalogue is closed'));
    this.#worker ??= this.#start();
    this.#worker.ref();
    const id = this.#nextId;
    this.#nextId += 1;
    this.#worker.postMessage({ id, question });
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
    });
  }

  #start(): Worker {
    const url = new URL('./catalogue/catalogue-thread.js', import.meta.url);
    const worker = new Worker(url, { execArgv: [], workerData: this.#options });
    worker.on('message', (reply: CatalogueReply) => this.#settle(reply));
    worker.on('error', (error) => this.#fail(error));
    // The next question starts another one.
    worker.on('exit', (code) => this.#fail(new Error(`the catalogue's thread ended with code ${code}`)));
    return worker;
  }

  #settle(reply: CatalogueReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if ('answer' in reply) {
      pending?.resolve(reply.answer);
      return;
    }
    const { code, field, message } = reply.error;
    pending?.reject(code === null ? new Error(message) : new DatasetError(code, message, { field }));
  }

  #fail(error: Error): void {
    this.#worker = null;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    if (worker === null) return;
    this.#fail(new Error('the catalogue is closed'));
    worker.ref();
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage('close');
    await ended;
  }
}
