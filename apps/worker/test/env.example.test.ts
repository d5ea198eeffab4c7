import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readWorkerEnv, workerEnvSchema } from '../src/env.ts';

const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');

test('.env.example has every variable of the worker', () => {
  const named = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(named).toEqual(expect.arrayContaining(Object.keys(workerEnvSchema.shape)));
});

test('the picture cache has a bound, which the environment may set, and 0 turns it off', () => {
  const env = { DATABASE_URL: 'postgresql://127.0.0.1/x', XDG_CACHE_HOME: '/caches' };
  expect(readWorkerEnv(env)).toMatchObject({ cacheFolder: '/caches/spherelab', cacheBytes: 16 * 2 ** 30 });
  expect(readWorkerEnv({ ...env, SPHERELAB_PICTURE_CACHE_BYTES: '0' }).cacheBytes).toBe(0);
  const wrong = { ...env, SPHERELAB_PICTURE_CACHE_BYTES: '1.5' };
  expect(() => readWorkerEnv(wrong)).toThrow(/SPHERELAB_PICTURE_CACHE_BYTES/);
});
