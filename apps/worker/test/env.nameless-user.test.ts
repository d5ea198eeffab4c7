import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** A user whom passwd does not know, as `docker run --user 12345` makes one; only root can become one. */
const uid = 12_345;
const asNameless = process.getuid?.() === 0 ? it : it.skip;

asNameless('the environment of a user without a name and a home is usable, of the worker and of the engine', () => {
  const of = (file: string) => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)));
  const code = `
    const { readWorkerEnv } = await import(${of('../dist/env.js')});
    const { engineCacheFolder } = await import(${of('../../../packages/tensorflow/dist/install/engine-cache.js')});
    console.log(readWorkerEnv({ DATABASE_URL: 'postgresql://x' }).cacheFolder, engineCacheFolder({}));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    uid,
    gid: uid,
    cwd: '/',
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout.trim().split(' ')).toEqual([
    expect.stringContaining(`/cache-of-${uid}/spherelab`),
    expect.stringContaining(`/cache-of-${uid}/spherelab/engine`),
  ]);
});
