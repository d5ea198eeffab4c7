import { expect, test } from 'vitest';
import { StartUpLineFilter, withoutStartUpLines } from '../src/start-up-lines.ts';

const loading = `WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795739823.773739   15280 port.cc:153] oneDNN custom operations are on. You may see slightly different numerical results.
E0000 00:00:1795737800.362955   28425 util.cc:131] oneDNN supports DT_UINT8 only on platforms with AVX-512.
`;

test('why a trainer ended is told without what TensorFlow says while it is loaded', () => {
  expect(withoutStartUpLines(loading)).toBe('');
  expect(withoutStartUpLines(`${loading}FATAL ERROR: Reached heap limit\nE0000 is not of TensorFlow\n`)).toBe(
    'FATAL ERROR: Reached heap limit\nE0000 is not of TensorFlow',
  );
});

test.each([1, 2, 7, 1_000])('what is passed on piece by piece, %i characters each, lacks those lines alone', (size) => {
  const said = `${loading}embedding 3 of 8\nWARNING: a picture is small\n${loading}Error: no room\nWarm 12 %`;
  const filter = new StartUpLineFilter();
  let passed = '';
  for (let at = 0; at < said.length; at += size) passed += filter.pass(said.slice(at, at + size));
  passed += filter.end();
  expect(passed).toBe('embedding 3 of 8\nWARNING: a picture is small\nError: no room\nWarm 12 %');
});

test('progress that has no end of line is passed on at once', () => {
  const filter = new StartUpLineFilter();
  expect(filter.pass('\rembedded 12 of 90')).toBe('\rembedded 12 of 90');
  expect(filter.pass('\rembedded 24 of 90')).toBe('\rembedded 24 of 90');
});
