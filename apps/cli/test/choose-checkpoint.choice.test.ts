import { describe, expect, it } from 'vitest';
import { chooseCheckpoint } from '../src/models/choose-checkpoint.ts';

describe('chooseCheckpoint', () => {
  const file = { bytes: 1, sha256: '' };
  const checkpoints = [
    { id: 'a', step: 1001, kind: 'latest', ...file },
    { id: 'b', step: 401, kind: 'best', ...file },
    { id: 'c', step: 2001, kind: 'final', ...file },
  ] as const;

  it('takes the one with the most updates as latest, the best, or that of a number of updates', () => {
    expect(chooseCheckpoint(checkpoints, 'latest').id).toBe('c');
    expect(chooseCheckpoint(checkpoints, 'best').id).toBe('b');
    expect(chooseCheckpoint(checkpoints, 'final').id).toBe('c');
    expect(chooseCheckpoint(checkpoints, '1001').id).toBe('a');
  });

  it('says what there is where there is no such one', () => {
    expect(() => chooseCheckpoint(checkpoints, '7')).toThrow('--checkpoint 7');
    expect(() => chooseCheckpoint(checkpoints, 'newest')).toThrow('latest, best, final or a number of updates');
    expect(() => chooseCheckpoint([checkpoints[0]], 'best')).toThrow('--checkpoint best');
    expect(() => chooseCheckpoint([], 'latest')).toThrow('no checkpoint yet');
  });
});
