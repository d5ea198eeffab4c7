import { parentPort, workerData } from 'node:worker_threads';
import { DatasetError } from '../dataset-error.ts';
import type { CatalogueAnswers, CatalogueQuestion, CatalogueReply } from './catalogue-message.ts';
import { KnownDatasets, type KnownDatasetsOptions } from './known-datasets.ts';

/** Entry of the catalogue's thread: answers each question, and ends when told 'close'. */
if (parentPort === null) throw new Error('catalogue-thread.js runs in a worker thread only');
const port = parentPort;
const datasets = new KnownDatasets(workerData as KnownDatasetsOptions);

async function answerTo(question: CatalogueQuestion): Promise<CatalogueAnswers[keyof CatalogueAnswers]> {
  switch (question.about) {
    case 'describe':
      return datasets.describe(question.dataRoot, question.name, question.division);
    case 'list':
      return datasets.list(question.dataRoot);
    case 'weightsSha256':
      return datasets.weightsSha256(question.dataRoot, question.name);
    case 'counts':
      return datasets.counts();
  }
}

async function reply(id: number, question: CatalogueQuestion): Promise<void> {
  try {
    port.postMessage({ id, answer: await answerTo(question) } satisfies CatalogueReply);
  } catch (error) {
    const { code, field } = error instanceof DatasetError ? error : { code: null, field: '' };
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ id, error: { code, field, message } } satisfies CatalogueReply);
  }
}

port.on('message', (message: { readonly id: number; readonly question: CatalogueQuestion } | 'close') => {
  if (message === 'close') {
    datasets.close();
    process.exit(); // of this thread; a scan under way need not come to its end
  } else void reply(message.id, message.question);
});
