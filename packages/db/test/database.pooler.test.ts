import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { applyMigrations } from '../src/apply-migrations.ts';
import { connectionTimes } from '../src/connection-times.ts';
import { openDatabase } from '../src/database.ts';

/** What PgBouncer lets a client ask for at the start of a session; it ends the others. */
const allowed = new Set(['user', 'database', 'application_name', 'client_encoding', 'replication']);

let server: PostgresServer;
let pooler: Server;
let url: string;

beforeAll(async () => {
  server = await startPostgresServer();
  const behind = new URL(await server.createDatabase());
  pooler = createServer((client) => {
    client.on('error', () => undefined);
    client.once('data', (startup) => {
      const fields = startup.subarray(8).toString().split('\0');
      const asked = fields.filter((_, index) => index % 2 === 0 && fields[index] !== '');
      const refused = asked.find((name) => !allowed.has(name));
      if (refused !== undefined) return client.end(refusal(`unsupported startup parameter: ${refused}`));
      const upstream = connect(Number(behind.port), '127.0.0.1');
      upstream.on('error', () => client.destroy());
      upstream.write(startup);
      client.pipe(upstream).pipe(client);
    });
  });
  await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve));
  const through = new URL(behind);
  through.port = String((pooler.address() as AddressInfo).port);
  url = through.toString();
});

afterAll(async () => {
  pooler.close();
  await server.stop();
});

function refusal(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C08P01\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

it('is reached through a pooler that refuses start-up options, with the time limits of its sessions', async () => {
  await applyMigrations(url);
  const database = openDatabase(url);
  try {
    const { rows } = await database.pool.query(
      `SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', 'tcp_keepalives_count', 'work_mem') ORDER BY name`,
    );
    expect(rows).toEqual([
      { name: 'statement_timeout', setting: String(connectionTimes.statementTimeoutMs) },
      { name: 'tcp_keepalives_count', setting: String(connectionTimes.keepAliveCount) },
      { name: 'work_mem', setting: String(16 * 1024) },
    ]);
  } finally {
    await database.close();
  }
});
