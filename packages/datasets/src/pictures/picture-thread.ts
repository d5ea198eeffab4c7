import { parentPort } from 'node:worker_threads';
import { DatasetError } from '../dataset-error.ts';
import type { PictureReply, PictureTask } from './picture-task.ts';
import { runPictureTask } from './run-picture-task.ts';

/** Entry of a picture thread: answers each task with a reply, and ends when told 'close'. */
if (parentPort === null) throw new Error('picture-thread.js runs in a worker thread only');
const port = parentPort;

async function answer(task: PictureTask): Promise<void> {
  try {
    const reply = await runPictureTask(task);
    port.postMessage(reply satisfies PictureReply, [reply.pixels.buffer]);
  } catch (error) {
    const code = error instanceof DatasetError ? error.code : null;
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ id: task.id, error: { code, message } } satisfies PictureReply);
  }
}

port.on('message', (message: PictureTask | 'close') => {
  if (message === 'close') port.close();
  else void answer(message);
});
