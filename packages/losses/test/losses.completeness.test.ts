import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LossName, type LossRecord, losses, lossNames, lossRecord } from '@spherelab/catalogue';
import { describe, expect, it } from 'vitest';
import { readGolden } from '../../../test/golden-reader.ts';
import { metricLosses } from '../src/metric-losses/index.ts';
import type { PmlManifest } from './pml-cases.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const paperMap = readFileSync(path.join(root, 'docs/paper-map.md'), 'utf8');
const ofReference = readGolden<{ readonly full: readonly { readonly loss: string }[] }>('losses').manifest;
const ofPml = readGolden<PmlManifest>('losses-pml').manifest;

function hasNumbers(name: string, { golden, constants }: LossRecord): boolean {
  if (golden === 'reference') return ofReference.full.some(({ loss }) => loss === name);
  const made = ofPml.losses[name];
  if (made === undefined || !ofPml.full.some(({ loss }) => loss === name)) return false;
  const defaults = Object.fromEntries(Object.entries(constants).map(([field, { value }]) => [field, value]));
  return isSame([made.pml, made.arguments, made.constants], [golden.pml, golden.arguments, defaults]);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What a loss still lacks, and how it is made. */
function lacks(name: string, record: LossRecord): string[] {
  const file = record.title.toLowerCase().replaceAll(' ', '-');
  const formula = `packages/losses/src/metric-losses/${file}.ts`;
  const oracle = `packages/losses/test/${file}.oracle.test.ts`;
  const isRegistered = typeof metricLosses[name as LossName] === 'function';
  return [
    existsSync(path.join(root, formula)) ? '' : `a formula in ${formula}`,
    isRegistered ? '' : 'a place in the registry: node scripts/generate-registries.mjs',
    existsSync(path.join(root, oracle)) ? '' : `an oracle in ${oracle}`,
    hasNumbers(name, record)
      ? ''
      : "golden numbers with the record's arguments and defaults: $SPHERELAB_PEER_PYTHON scripts/golden/losses.py",
    paperMap.includes(`\`${formula}\``) ? '' : 'a line in docs/paper-map.md: node scripts/generate-registries.mjs',
  ].filter((what) => what !== '');
}

describe('every loss of the catalogue has all that a loss needs', () => {
  it.each(lossNames)('%s', (name) => {
    expect(lacks(name, lossRecord(name))).toEqual([]);
  });
});

describe('what is missing is named', () => {
  it('of a record alone', () => {
    const record: LossRecord = { ...losses.ms, title: 'Some other', golden: { pml: 'SomeLoss', arguments: {} } };
    expect(lacks('other', record)).toEqual([
      'a formula in packages/losses/src/metric-losses/some-other.ts',
      'a place in the registry: node scripts/generate-registries.mjs',
      'an oracle in packages/losses/test/some-other.oracle.test.ts',
      expect.stringContaining('golden numbers'),
      'a line in docs/paper-map.md: node scripts/generate-registries.mjs',
    ]);
  });
});
