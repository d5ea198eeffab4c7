import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBlackHoleProxy } from '../../../test/chaos/black-hole-proxy.mjs';
import { testStores } from '../../../test/queue-stores.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { consumeQueue, openQueue, type QueueStore, queueNames } from '../src/index.ts';

describe.each(testStores.filter((store) => store.available))('a queue whose $name is away', (kind) => {
  let started: Awaited<ReturnType<typeof kind.start>>;
  let proxy: Awaited<ReturnType<typeof startBlackHoleProxy>>;
  let store: QueueStore;

  beforeAll(async () => {
    started = await kind.start();
    const address = new URL(started.store.store === 'redis' ? started.store.url : started.store.connectionString);
    const port = Number(address.port);
    proxy = await startBlackHoleProxy(() => port);
    address.port = String(proxy.port);
    store =
      started.store.store === 'redis'
        ? { store: 'redis', url: address.toString() }
        : { store: 'postgres', connectionString: address.toString() };
  });
  afterAll(async () => {
    await proxy.close();
    await started.stop();
  });

  test.each([
    ['before it began', false],
    ['after it began', true],
  ])('works when it is back, if it went away %s, and does not ask without a pause meanwhile', async (_, began) => {
    const ran: string[] = [];
    let errors = 0;
    const onError = () => {
      errors += 1;
    };
    if (!began) proxy.goAway({ cut: true });
    const producer = openQueue(store, onError);
    const consumer = consumeQueue(store, {
      queue: queueNames.any,
      concurrency: 1,
      onError,
      run: async (id) => {
        ran.push(id);
      },
    });
    const hint = () => ({ id: randomUUID() as string, attempt: 0, priority: 0, device: 'cpu' });
    const first = hint();
    if (began) {
      await producer.add([first]);
      await waitUntil('it runs', () => ran.includes(first.id));
      proxy.goAway({ cut: true });
    }
    // Postgres refuses; Redis is waited for, and whoever asked looks at the clock (relay-outbox.ts).
    const told = producer.add([hint()]).then(
      () => 'told',
      () => 'away',
    );
    expect(await Promise.race([told, delay(3_000, 'away')])).toBe('away');
    await delay(1_000);
    expect(errors).toBeGreaterThan(0);
    expect(errors).toBeLessThan(500);
    proxy.comeBack();
    const last = hint();
    // As the reconciler does it: again, until it is told.
    await waitUntil(
      'it can be told',
      () =>
        producer.add([last]).then(
          () => true,
          () => false,
        ),
      20_000,
    );
    await waitUntil('it runs', () => ran.includes(last.id), 20_000);
    await consumer.close(true);
    await producer.close();
  });
});
