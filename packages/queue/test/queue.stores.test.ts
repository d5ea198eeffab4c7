import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testStores } from '../../../test/queue-stores.ts';
import { consumeQueue } from '../src/consume-queue.ts';
import { type ExperimentHint, queueNames } from '../src/experiment-job.ts';
import { openQueue } from '../src/open-queue.ts';
import type { QueueStore } from '../src/queue-store.ts';

const hint = (over: Partial<ExperimentHint> = {}): ExperimentHint => ({
  id: randomUUID(),
  attempt: 0,
  priority: 0,
  device: 'any',
  ...over,
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 15_000; performance.now() < end; await delay(20)) if (await condition()) return;
  throw new Error('did not happen within 15 s');
}

describe.each(testStores.filter((store) => store.available))('the queue on $name', (kind) => {
  let store: QueueStore;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ store, stop } = await kind.start());
  });
  afterAll(() => stop());

  test('runs what was added, higher priority first, and forgets it', async () => {
    const queue = openQueue(store);
    const ran: string[] = [];
    const low = hint({ priority: 1 });
    const high = hint({ priority: 90 });
    await queue.add([low, high]);
    const consumer = consumeQueue(store, {
      queue: queueNames.any,
      concurrency: 1,
      run: async (id) => {
        ran.push(id);
      },
    });
    try {
      await until(() => ran.length === 2);
      expect(ran).toEqual([high.id, low.id]);
      await until(async () => Object.values((await queue.counts())[queueNames.any]).every((count) => count === 0));
    } finally {
      await consumer.close();
      await queue.close();
    }
  });

  test('takes the same hint twice as one job, and the hint of a later attempt as another', async () => {
    const queue = openQueue(store);
    const once = hint();
    await queue.add([once]);
    await queue.add([once, { ...once, attempt: 1 }]);
    const ran: string[] = [];
    const consumer = consumeQueue(store, {
      queue: queueNames.any,
      concurrency: 1,
      run: async (id) => {
        ran.push(id);
      },
    });
    try {
      await until(() => ran.length === 2);
      await delay(200);
      expect(ran).toEqual([once.id, once.id]);
    } finally {
      await consumer.close();
      await queue.close();
    }
  });

  test('gives work that needs a GPU only to those who listen for it', async () => {
    const queue = openQueue(store);
    const gpu = hint({ device: 'gpu' });
    await queue.add([gpu]);
    const ran: string[] = [];
    const run = async (id: string) => {
      ran.push(id);
    };
    const plain = consumeQueue(store, { queue: queueNames.any, concurrency: 1, run });
    await delay(300);
    expect(ran).toEqual([]);
    const equipped = consumeQueue(store, { queue: queueNames.gpu, concurrency: 1, run });
    try {
      await until(() => ran.length === 1);
    } finally {
      await Promise.all([plain.close(), equipped.close(), queue.close()]);
    }
  });

  test('gives a job to another worker when its own was closed without waiting, any number of times', async () => {
    const queue = openQueue(store);
    await queue.add([hint()]);
    let taken = 0;
    const short = { lockDurationMs: 500, stalledIntervalMs: 200 };
    for (const round of [1, 2, 3]) {
      const consumer = consumeQueue(store, {
        queue: queueNames.any,
        concurrency: 1,
        ...short,
        run: () => {
          taken += 1;
          return new Promise(() => undefined);
        },
      });
      await until(() => taken === round);
      await consumer.close(true);
    }
    let done = 0;
    const last = consumeQueue(store, {
      queue: queueNames.any,
      concurrency: 1,
      ...short,
      run: async () => {
        done += 1;
      },
    });
    try {
      await until(() => done === 1);
    } finally {
      await last.close();
      await queue.close();
    }
  });

  test('stops taking jobs while paused', async () => {
    const queue = openQueue(store);
    let ran = 0;
    const consumer = consumeQueue(store, {
      queue: queueNames.any,
      concurrency: 1,
      run: async () => {
        ran += 1;
      },
    });
    try {
      await queue.add([hint()]);
      await until(() => ran === 1);
      await consumer.pause();
      await queue.add([hint()]);
      await delay(500);
      // One fetch may already have been under way when the pause came.
      const whilePaused = ran;
      await queue.add([hint()]);
      await delay(500);
      expect(ran).toBe(whilePaused);
      consumer.resume();
      await until(() => ran === 3);
    } finally {
      await consumer.close();
      await queue.close();
    }
  });
});

for (const missing of testStores.filter((store) => !store.available))
  test.skip(`the queue on ${missing.name}`, () => {});
