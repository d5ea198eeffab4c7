// Prints the OpenAPI document of the app, without connecting to anything: node apps/api/dist/openapi.js > openapi.json
import { openDatabase } from '@spherelab/db';
import { buildApp } from '../app.ts';

const database = openDatabase('postgresql://127.0.0.1:1/nothing'); // never connects: no statement runs
const never = async () => {
  throw new Error('not connected');
};
const app = await buildApp({
  database,
  queue: { counts: never, ping: never, waiting: never, remove: never },
  kickRelay: () => undefined,
  kickPlanner: () => undefined,
  catalogue: { describe: never, list: never, weightsSha256: never },
  numerics: '',
  dataRoot: '.',
});
await app.ready();
process.stdout.write(`${JSON.stringify(app.swagger(), null, 2)}\n`);
await app.close();
await database.close();
