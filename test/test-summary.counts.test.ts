import { expect, test } from 'vitest';
import { testSummary } from '../scripts/test-summary.mjs';

const file = (name: string, status: string, ...tests: string[]) => ({
  name,
  status,
  assertionResults: tests.map((of) => ({ status: of })),
});

test.each([
  ['all well', [file('a', 'passed', 'passed', 'passed')], '2 passed, 0 failed', []],
  ['some skipped', [file('a', 'passed', 'passed', 'skipped', 'todo')], '1 passed, 0 failed, 2 skipped', []],
  ['a file that does not load', [file('a', 'failed'), file('b', 'passed', 'passed')], '1 passed, 1 failed', []],
  ['a suite whose preparation failed', [file('a', 'failed', 'skipped', 'passed')], '1 passed, 1 failed, 1 skipped', []],
  [
    'a process killed in the middle',
    [file('a', 'passed', 'passed', 'pending', 'pending', 'skipped')],
    '1 passed, 2 failed, 1 skipped',
    ['a'],
  ],
])('%s', (_, testResults, line, cutOff) => {
  expect(testSummary({ testResults })).toMatchObject({ line, cutOff });
});
