import { randomUUID } from 'node:crypto';
import { MIGRATION_ADVISORY_LOCK_KEY } from 'bullmq';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startBlackHoleProxy } from '../../../test/chaos/black-hole-proxy.mjs';
import { testStores } from '../../../test/queue-stores.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { openQueue, queueNames } from '../src/index.ts';
import { queueSchema } from '../src/queue-store.ts';
import { postgresConnection } from '../src/store-connection.ts';

const kind = testStores.find(({ name }) => name === 'postgres');

/** Seen in chaos: a process cut off while BullMQ looked after its schema kept every later one from starting. */
test('a process that is cut off while it prepares the store does not keep others from using it', async () => {
  const started = await kind?.start();
  if (started?.store.store !== 'postgres') throw new Error('no Postgres');
  const { connectionString } = started.store;
  const direct = new URL(connectionString);
  const proxy = await startBlackHoleProxy(() => Number(direct.port));
  const through = new URL(connectionString);
  through.port = String(proxy.port);
  const cutOff = new pg.Client(postgresConnection(through.toString()));
  cutOff.on('error', () => undefined);
  const queue = openQueue(started.store);
  try {
    await cutOff.connect();
    await cutOff.query('BEGIN');
    await cutOff.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [MIGRATION_ADVISORY_LOCK_KEY, queueSchema]);
    proxy.blackHole();
    const hint = { id: randomUUID() as string, attempt: 0, priority: 0, device: 'cpu' };
    const isTold = () =>
      queue.add([hint]).then(
        () => true,
        () => false,
      );
    await waitUntil('it can be told', isTold, 60_000);
    expect(await queue.counts()).toMatchObject({ [queueNames.any]: { prioritized: 1 } });
  } finally {
    await queue.close();
    await proxy.close();
    await started.stop();
  }
});
