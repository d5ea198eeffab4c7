import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { backboneNames, backboneRecord, datasetNames, optimizerNames } from '@spherelab/catalogue';
import { createNetwork, stageNames } from '@spherelab/models';
import { describe, expect, it } from 'vitest';

describe.each(backboneNames)('the record of backbone %s', (name) => {
  const record = backboneRecord(name);

  it('names the stages of the network in their order', () => {
    expect(stageNames(name)).toEqual(record.stages);
  });

  it('has the number of its parameters', () => {
    const imageSize = record.preset.image_size?.value as number;
    const { specs } = createNetwork({ backbone: name, imageSize, embeddingDim: 8, needBn: true, freezeBn: true });
    const own = specs.filter(({ role, group }) => role === 'parameter' && group.startsWith('backbone'));
    const count = own.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
    expect(count).toBe(record.parameters);
  });

  it('takes the sizes that the network takes', () => {
    const isBuilt = (imageSize: number): boolean => {
      try {
        createNetwork({ backbone: name, imageSize, embeddingDim: 8, needBn: true, freezeBn: true });
        return true;
      } catch {
        return false;
      }
    };
    const sizes = Array.from({ length: 497 }, (_, at) => at + 16);
    expect(sizes.filter((size) => record.sizes.fits(size) !== isBuilt(size))).toEqual([]);
  });
});

const paperMap = readFileSync(fileURLToPath(new URL('../docs/paper-map.md', import.meta.url)), 'utf8');

describe.each([...backboneNames, ...optimizerNames, ...datasetNames])('%s', (name) => {
  it('has a line in docs/paper-map.md', () => {
    expect(paperMap).toMatch(new RegExp(`^- .*\`${name}\``, 'm'));
  });
});
