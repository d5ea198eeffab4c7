import { describe, expect, it } from 'vitest';
import { evaluationProtocol, recallKs } from '../src/index.ts';

describe('evaluationProtocol', () => {
  it('clusters CUB and Cars at every evaluation, SOP after training, In-Shop never', () => {
    const clustering = (dataset: string) => evaluationProtocol(dataset, 10).clustering;
    expect(['cub', 'cars', 'sop', 'inshop', 'shapes'].map(clustering)).toEqual([
      'each',
      'each',
      'final',
      'never',
      'each',
    ]);
  });

  it('measures training recall of CUB, Cars and small folders at every evaluation, of large ones at the end', () => {
    const training = (dataset: string, images: number) => evaluationProtocol(dataset, images).trainingRecall;
    expect(training('cub', 5_864)).toBe('each');
    expect(training('cars', 8_054)).toBe('each');
    expect(training('sop', 59_551)).toBe('final');
    expect(training('inshop', 25_882)).toBe('never');
    expect([training('mine', 10_000), training('mine', 10_001)]).toEqual(['each', 'final']);
  });

  it('has the K of the reference for each data set', () => {
    expect(recallKs('cars')).toEqual([1, 2, 4, 8, 16, 32]);
    expect(recallKs('sop')).toEqual([1, 10, 100, 1000]);
    expect(recallKs('inshop')).toEqual([1, 10, 20, 30, 40, 50]);
  });
});
