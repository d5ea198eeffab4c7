import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiEnvSchema } from '../src/env.ts';

const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');

test('.env.example has every variable of the API', () => {
  const missing = Object.keys(apiEnvSchema.shape).filter((name) => !new RegExp(`^#?${name}=`, 'm').test(example));
  expect(missing).toEqual([]);
});
