import { describe, expect, it } from 'vitest';
import { chosenCells, readSeeds } from '../src/flags/chosen-cells.ts';

const labels = (choice: Parameters<typeof chosenCells>[0]) =>
  chosenCells(choice).map(({ dataset, loss, regulariser }) => `${dataset} ${loss} ${regulariser}`);

describe('chosenCells', () => {
  it('is the whole table without a choice, and what is named otherwise', () => {
    expect(chosenCells({})).toHaveLength(48);
    expect(chosenCells({ dataset: 'CUB,Inshop' })).toHaveLength(24);
    expect(labels({ dataset: 'CUB', loss: 'ms,triplet', regulariser: 'sec' })).toEqual([
      'cub triplet sec',
      'cub ms sec',
    ]);
  });

  it('refuses a name that the table does not have, and says which it has', () => {
    expect(() => chosenCells({ dataset: 'shapes' })).toThrow('no shapes');
    expect(() => chosenCells({ loss: 'contrastive' })).toThrow('no contrastive');
    expect(() => chosenCells({ regulariser: 'l1' })).toThrow('no l1');
  });
});

describe('readSeeds', () => {
  it('reads whole numbers, each once', () => {
    expect(readSeeds('0,1,2,1')).toEqual([0, 1, 2]);
    for (const text of ['', '0,', 'a', '-1', '0.5']) expect(() => readSeeds(text)).toThrow('--seeds');
  });
});
