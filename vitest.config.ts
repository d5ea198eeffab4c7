import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What is told in seconds comes first: pure functions, then what wants a database, then whole systems. */
const rooms = ['packages', 'apps/api', 'apps/launcher', 'apps/dashboard', 'apps/cli', 'apps/worker', 'test'];

class FastRoomsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number =>
      rooms.findIndex((room) => moduleId.startsWith(`${import.meta.dirname}/${room}/`));
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}

export default defineConfig({
  test: {
    include: ['{packages,apps}/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    sequence: { sequencer: FastRoomsFirst },
    // The native engine may be loaded once in a process only.
    pool: 'forks',
    maxWorkers: 2,
    // Long: two cores shared with other work must not make a test of real training fail.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
