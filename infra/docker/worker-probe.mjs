// Whether a worker of this host has told Postgres lately that it lives: node infra/docker/worker-probe.mjs
import { hostname } from 'node:os';
import { openDatabase, workersOfHost } from '../../packages/db/dist/index.js';
import { forgetForeignVariables, withPassword } from '../../packages/host/dist/index.js';

forgetForeignVariables(process.env);
const database = openDatabase(withPassword(process.env.DATABASE_URL ?? '', process.env.POSTGRES_PASSWORD));
const alive = await workersOfHost(database.pool, hostname()).catch(() => 0);
await database.close();
process.exit(alive > 0 ? 0 : 1);
