import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePictureFolder } from '../../../test/picture-folder.ts';
import { type Cell, cellOf, type Ended, runAlone, runStaged, treeSize } from './staged-sweep.ts';

/** `npm run check:stages -- --sweeps 200 --seed 1` has more of them. */
const sweeps = Number(process.env.STAGED_SWEEPS ?? 8);
const firstSeed = Number(process.env.STAGED_SEED ?? 1);

/** Numbers from 0 to below 1 that a seed decides. */
function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Few values, so that lone runs are met again; they differ from the first update, at milestones, in length and in what is measured. */
function randomSweep(seed: number): Cell[] {
  const random = randomNumbers(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  return Array.from({ length: 2 + Math.floor(random() * 5) }, () =>
    cellOf({
      seed: pick([5, 5, 5, 5, 6]),
      lr_gamma: pick([0.1, 0.5]),
      milestones: pick([[], [4], [6], [4, 6]]),
      steps: pick([6, 7, 9, 11]),
      eval_every: pick([3, 3, 3, 3, 3, 6]),
      log_every: pick([2, 2, 2, 2, 2, 4]),
    }),
  );
}

describe('cells of a sweep that share what they have in common', () => {
  let folder: string;
  const alone = new Map<string, Ended>();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'stages-'));
    await writePictureFolder(path.join(folder, 'toy'), 8, 4, 24);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function aloneOf(cell: Cell): Promise<Ended> {
    const key = JSON.stringify(cell.config);
    const known = alone.get(key) ?? (await runAlone(cell, folder));
    alone.set(key, known);
    return known;
  }

  /** Every cell ends as it does by itself: weights, results, window of losses, digest of all points. */
  async function expectTwins(cells: readonly Cell[]): Promise<{ executed: number; asked: number }> {
    const { ended, executed } = await runStaged(cells, folder);
    for (const [index, { result, progress }] of ended.entries()) {
      const lone = await aloneOf(cells[index] as Cell);
      expect({ result, progress }).toEqual({ result: lone.result, progress: lone.progress });
    }
    expect(executed).toBe(treeSize(cells));
    return { executed, asked: cells.reduce((sum, { updates }) => sum + updates, 0) };
  }

  test(
    `${sweeps} random sweeps, each update of the tree once`,
    async () => {
      const total = { executed: 0, asked: 0 };
      for (let seed = firstSeed; seed < firstSeed + sweeps; seed += 1) {
        const { executed, asked } = await expectTwins(randomSweep(seed));
        total.executed += executed;
        total.asked += asked;
      }
      console.log(`${sweeps} sweeps from seed ${firstSeed}: ${total.asked} updates asked, ${total.executed} made`);
      expect(total.executed).toBeLessThan(total.asked);
    },
    180_000 + sweeps * 20_000,
  );

  test('a grid of rates, milestones and steps in a third of its updates', async () => {
    const cells = [0.1, 0.5].flatMap((lr_gamma) =>
      [[12], [14]].flatMap((milestones) =>
        [15, 17, 19].map((steps) => cellOf({ lr_gamma, milestones, steps, eval_every: 100 })),
      ),
    );
    const { executed, asked } = await expectTwins(cells);
    expect(asked / executed).toBeGreaterThan(3);
  });
});
