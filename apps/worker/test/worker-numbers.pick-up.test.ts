import { expect, test } from 'vitest';
import { workerNumbers } from '../src/worker-numbers.ts';

// What a busy machine adds no test can bound; the measured times are in docs/reliability.md.
test('the run of a dead worker is given back within a second of its death, once its trainer has had time to notice', () => {
  const { neighbourWatchMs, orphanTimeMs } = workerNumbers;
  const orphanWatchMs = 250;
  expect(neighbourWatchMs + orphanTimeMs).toBeLessThanOrEqual(1_000);
  expect(orphanTimeMs).toBeGreaterThanOrEqual(2 * orphanWatchMs);
});
