import { Worker } from 'node:worker_threads';
import { DatasetError } from '../dataset-error.ts';
import type { PictureReply, PictureTask } from './picture-task.ts';

type Result = Extract<PictureReply, { pixels: unknown }>;
type Pending = { readonly resolve: (result: Result) => void; readonly reject: (error: Error) => void };
type Thread = { readonly worker: Worker; readonly ended: Promise<void>; readonly pending: Map<number, Pending> };

/** Tasks sent to one thread before it has answered: one it works on, one that waits there. */
const TASKS_PER_THREAD = 2;

/** Threads that decode, resize and crop. Which thread does a task makes no difference to its result. */
export class PictureThreads {
  readonly #threads: Thread[];
  readonly #waiting: { readonly task: PictureTask; readonly pending: Pending }[] = [];
  #nextId = 0;
  #failure: Error | null = null;
  #isClosing = false;

  constructor(threadCount: number) {
    this.#threads = Array.from({ length: threadCount }, () => this.#startThread());
  }

  /** Whether they can still do tasks. */
  get areUsable(): boolean {
    return this.#failure === null && !this.#isClosing;
  }

  #startThread(): Thread {
    const worker = new Worker(new URL('./picture-thread.js', import.meta.url), { execArgv: [] });
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const thread: Thread = { worker, ended, pending: new Map() };
    worker.on('message', (reply: PictureReply) => this.#settle(thread, reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (code) => {
      if (!this.#isClosing) this.#fail(new Error(`a picture thread ended with code ${code}`));
    });
    return thread;
  }

  /** Resolves with the batch; rejects with DatasetError for a bad image, another error for a broken thread. */
  run(task: Omit<PictureTask, 'id'>): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) reject(this.#failure);
      else if (this.#isClosing) reject(new Error('the picture threads are closed'));
      else {
        this.#waiting.push({ task: { ...task, id: this.#nextId }, pending: { resolve, reject } });
        this.#nextId += 1;
        this.#dispatch();
      }
    });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const free = this.#threads.reduce((least, other) => (other.pending.size < least.pending.size ? other : least));
      if (free.pending.size >= TASKS_PER_THREAD) return;
      const next = this.#waiting.shift();
      if (next === undefined) return;
      free.pending.set(next.task.id, next.pending);
      free.worker.postMessage(next.task);
    }
  }

  #settle(thread: Thread, reply: PictureReply): void {
    const pending = thread.pending.get(reply.id);
    thread.pending.delete(reply.id);
    if ('pixels' in reply) pending?.resolve(reply);
    else if (reply.error.code === null) pending?.reject(new Error(reply.error.message));
    else pending?.reject(new DatasetError(reply.error.code, reply.error.message));
    this.#dispatch();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const failure = this.#failure;
    for (const { pending } of this.#waiting.splice(0)) pending.reject(failure);
    for (const { pending: ofThread } of this.#threads) {
      for (const pending of ofThread.values()) pending.reject(failure);
      ofThread.clear();
    }
  }

  /** Drops what waits, lets the threads finish what they do, and resolves when all of them have ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const { pending } of this.#waiting.splice(0)) pending.reject(new Error('the picture threads are closed'));
    await Promise.all(
      this.#threads.map(({ worker, ended }) => {
        worker.postMessage('close');
        return ended;
      }),
    );
    this.#fail(new Error('the picture threads are closed'));
  }
}
