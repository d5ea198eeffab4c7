import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiEnvSchema, readApiEnv } from '../src/env.ts';

const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');

test('.env.example has every variable of the API', () => {
  const missing = Object.keys(apiEnvSchema.shape).filter((name) => !new RegExp(`^#?${name}=`, 'm').test(example));
  expect(missing).toEqual([]);
});

test('hashes are kept under XDG_CACHE_HOME', () => {
  const env = readApiEnv({ DATABASE_URL: 'postgresql://x', XDG_CACHE_HOME: '/var/cache' });
  expect(env.cacheFolder).toBe('/var/cache/spherelab');
});
