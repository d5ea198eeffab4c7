import { expect, test } from 'vitest';
import { withoutStartUpLines } from '../src/start-up-lines.ts';

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
