import { describe, expect, test } from 'vitest';
import { readArms, readSpace, untunedArm } from '../src/flags/study-arms.ts';

describe('arms of a study, as typed', () => {
  test('by name: the weight of a regulariser is searched, or the published one where nothing is', () => {
    const [plain, sec, l2reg] = readArms('plain,sec,l2reg');
    expect(plain).toEqual({ name: 'plain', set: { sec_wei: 0, l2reg_wei: 0 } });
    expect(sec?.space).toEqual({ sec_wei: { low: 0.01, high: 1, scale: 'log' } });
    expect([sec, l2reg].map((arm) => arm && untunedArm(arm))).toEqual([
      { name: 'sec', set: { sec_wei: 1, l2reg_wei: 0 } },
      { name: 'l2reg', set: { sec_wei: 0, l2reg_wei: 1e-4 } },
    ]);
  });

  test('by fields, with values of the kind that each field has', () => {
    expect(readArms('small:embedding_dim=8,other:loss=ms+need_bn=false')).toEqual([
      { name: 'small', set: { embedding_dim: 8 } },
      { name: 'other', set: { loss: 'ms', need_bn: false } },
    ]);
  });

  test('spaces are ranges or lists; from zero a range is linear', () => {
    expect(readSpace(['lr=1e-4..1e-2', 'margin=0..1', 'loss=triplet,ms'])).toEqual({
      lr: { low: 1e-4, high: 1e-2, scale: 'log' },
      margin: { low: 0, high: 1, scale: 'linear' },
      loss: ['triplet', 'ms'],
    });
  });

  test.each([
    ['', () => readArms('')],
    ['an arm that is none', () => readArms('plain,sek')],
    ['a pair without a value', () => readArms('a:lr')],
    ['a space without values', () => readSpace(['lr'])],
  ])('what cannot be read is told with how to write it: %s', (_, read) => {
    expect(read).toThrow(/write|is not field=value/);
  });
});
