import { expect, test } from 'vitest';
import { survive } from './chaos/survive.mjs';
import { testStores } from './queue-stores.ts';

const redis = testStores.find(({ name }) => name === 'redis');

/** What `npm run survive` shows. */
test.skipIf(redis?.available !== true)(
  'a worker killed with -9, FLUSHALL and a killed Postgres end with the weights and points of undisturbed runs',
  async () => {
    const said: string[] = [];
    const isEqual = await survive({ steps: 300, say: (line) => said.push(line) });
    expect(isEqual, said.join('\n')).toBe(true);
    const shown = said.join('\n').match(/weights SHA-256 [0-9a-f]{64}/g);
    expect(shown).toHaveLength(2);
    expect(shown?.[0]).toBe(shown?.[1]);
    expect(said.join('\n')).toContain('4 of 4 succeeded');
  },
  300_000,
);
