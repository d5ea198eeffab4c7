import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startApi } from '../apps/api/dist/server.js';
import { startPostgresServer } from './postgres-server.ts';

/** A Python with the package schemathesis. */
const python = process.env.SPHERELAB_SCHEMATHESIS_PYTHON;
const examplesAnOperation = 60;

test.skipIf(!python)(
  'requests that Schemathesis makes of openapi.json are answered as it says',
  { timeout: 1_200_000 },
  async () => {
    const server = await startPostgresServer();
    const folder = await mkdtemp(path.join(tmpdir(), 'spherelab-schemathesis-'));
    const databaseUrl = await server.createDatabase();
    const api = await startApi({
      databaseUrl,
      queue: { store: 'postgres', connectionString: databaseUrl },
      dataRoot: folder,
      cacheFolder: null,
      port: 0,
    });
    try {
      // Streams of events have no end.
      const streams = ['/events', '/experiments/{id}/events'].flatMap((address) => ['--exclude-path', address]);
      // Whether a data set or a cursor is there is nothing that a schema could say.
      const checks = ['--exclude-checks', 'positive_data_acceptance'];
      const options = [
        ...checks,
        '--max-examples',
        `${examplesAnOperation}`,
        '--seed',
        '1',
        '--workers',
        '1',
        ...streams,
      ];
      const run = promisify(execFile)(
        python as string,
        ['-m', 'schemathesis.cli', 'run', `${api.url}/openapi.json`, ...options],
        { cwd: folder, maxBuffer: 1 << 26 },
      );
      const { code, stdout } = await run.then(
        (said) => ({ code: 0, stdout: said.stdout }),
        (error: { code: number; stdout: string }) => error,
      );
      expect(code, stdout).toBe(0);
    } finally {
      await api.close();
      await server.stop();
      await rm(folder, { recursive: true });
    }
  },
);
