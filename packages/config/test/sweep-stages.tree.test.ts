import { describe, expect, it } from 'vitest';
import {
  countUpdates,
  type EarlierRun,
  type ExperimentConfig,
  lrAt,
  planStages,
  resolveExperiment,
  type Stage,
  sharedUpdates,
  updateSequence,
} from '../src/index.ts';

const batchesPerEpoch = 8;

function configOf(over: Record<string, unknown>): ExperimentConfig {
  return resolveExperiment({ dataset: 'shapes', loss: 'triplet', lr: 1e-3, lr_p: 1e-3, ...over }, null).config;
}

type Cell = { config: ExperimentConfig; updates: number; measuresMoreAtEnd: boolean };

function cellOf(over: Record<string, unknown>, measuresMoreAtEnd = false): Cell {
  const config = configOf(over);
  return { config, updates: countUpdates({ steps: config.steps, batchesPerEpoch }), measuresMoreAtEnd };
}
const planned = ({ config, ...rest }: Cell) => ({ ...rest, sequence: updateSequence(config) });

/** Every update of a run with what is measured before and with it, written out: the oracle of the short form. */
function elements({ config, updates }: Cell): string[] {
  const { steps, sec_ramp, lr, lr_p, lr_gamma: gamma, milestones, eval_every, log_every } = config;
  const always = [config.loss, config.seed, config.sec_wei, config.batch_size, sec_ramp ? steps : null, lr, lr_p];
  return Array.from({ length: updates }, (_, step) => {
    const rates = [lr, lr_p].map((rate) => lrAt(step, { lr: rate, gamma, milestones }));
    const evaluated = step > 1 && (step - 1) % eval_every === 0;
    const logged = step > 0 && step % log_every === 0;
    return JSON.stringify([always, rates, evaluated, logged]);
  });
}

function commonElements(a: readonly string[], b: readonly string[]): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  return at;
}

/** Nodes of the tree of all sequences: their distinct beginnings. */
function treeSize(cells: readonly Cell[]): number {
  const beginnings = new Set<string>();
  for (const cell of cells) {
    let beginning = '';
    for (const element of elements(cell)) {
      beginning += `${element}\n`;
      beginnings.add(beginning);
    }
  }
  return beginnings.size;
}

const updatesToRun = (cells: readonly Cell[], stages: readonly Stage[]): number =>
  cells.reduce((sum, { updates }, index) => sum + updates - (stages[index]?.at ?? 0), 0);

/** Numbers from 0 to below 1 that a seed decides. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Values that differ early, late, at milestones and in what is measured. */
function randomCells(seed: number): Cell[] {
  const random = randomNumbers(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const measuresMore = random() < 0.3;
  return Array.from({ length: 1 + Math.floor(random() * 12) }, () =>
    cellOf(
      {
        seed: pick([0, 0, 0, 1]),
        sec_ramp: pick([false, false, false, true]),
        sec_wei: 0.5,
        lr_gamma: pick([1, 0.5, 0.25, 0.1]),
        milestones: pick([[], [0], [4], [9], [9, 9], [4, 9], [9, 4], [30]]),
        steps: pick([1, 8, 10, 12, 16, 20]),
        eval_every: pick([5, 5, 5, 10, 12]),
        log_every: pick([3, 3, 3, 6]),
        checkpoint_every: pick([5, 50]),
      },
      measuresMore,
    ),
  );
}

const seeds = Array.from({ length: 300 }, (_, seed) => seed);

describe('the short form of a sequence of updates', () => {
  it('has in common what the updates written out have in common', () => {
    for (const seed of seeds) {
      const cells = randomCells(seed);
      for (const a of cells) {
        for (const b of cells) {
          const shared = sharedUpdates(updateSequence(a.config), updateSequence(b.config));
          expect(Math.min(shared, a.updates, b.updates)).toBe(commonElements(elements(a), elements(b)));
        }
      }
    }
  });

  it('ends where a rate does, not where a milestone does that changes none', () => {
    const sequence = (over: object) => updateSequence(configOf({ milestones: [10], lr_gamma: 0.1, ...over }));
    expect(sharedUpdates(sequence({}), sequence({ milestones: [10, 30] }))).toBe(30);
    expect(sharedUpdates(sequence({ lr_gamma: 1 }), sequence({ lr_gamma: 1, milestones: [] }))).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(sharedUpdates(sequence({}), sequence({ lr_gamma: 0.5 }))).toBe(10);
    expect(sharedUpdates(sequence({}), sequence({ seed: 1 }))).toBe(0);
    expect(sharedUpdates(sequence({}), sequence({ name: 'x', device: 'cpu', priority: 3 }))).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

describe('the stages of a sweep', () => {
  it('make each node of the tree once', () => {
    for (const seed of seeds) {
      const cells = randomCells(seed);
      expect(updatesToRun(cells, planStages(cells.map(planned)))).toBe(treeSize(cells));
    }
  });

  it('go on from a run that has the same past, passes there after it began, and waits for nobody who waits for it', () => {
    for (const seed of seeds) {
      const cells = randomCells(seed);
      const stages = planStages(cells.map(planned));
      stages.forEach(({ parent, at, asks }, index) => {
        const seen = new Set([index]);
        for (let next = parent; next !== null && 'cell' in next; next = stages[next.cell]?.parent ?? null) {
          expect(seen).not.toContain(next.cell);
          seen.add(next.cell);
        }
        if (parent === null || !('cell' in parent)) return;
        const [cell, other] = [cells[index] as Cell, cells[parent.cell] as Cell];
        expect(commonElements(elements(cell), elements(other))).toBeGreaterThanOrEqual(at);
        expect(stages[parent.cell]?.at).toBeLessThanOrEqual(at);
        if (asks) return;
        // Its end, with all evaluations, is a place where the cell has been.
        expect(at).toBe(other.updates);
        const evaluates = cell.updates === at || (at > 1 && (at - 1) % cell.config.eval_every === 0);
        expect(evaluates && (!cell.measuresMoreAtEnd || cell.updates === at)).toBe(true);
      });
    }
  });

  it('of a grid of schedules make a third of the updates, or fewer', () => {
    const cells = [0.1, 0.3, 0.5].flatMap((lr_gamma) =>
      [[60], [80], [90]].flatMap((milestones) =>
        [100, 120, 140].map((steps) => cellOf({ lr_gamma, milestones, steps, eval_every: 20 })),
      ),
    );
    const asked = cells.reduce((sum, { updates }) => sum + updates, 0);
    const toRun = updatesToRun(cells, planStages(cells.map(planned)));
    expect(toRun).toBe(treeSize(cells));
    expect(asked / toRun).toBeGreaterThan(3);
  });

  it('begin at checkpoints of earlier runs, where the past is the same and the end is passed through', () => {
    const cell = cellOf({ milestones: [10], lr_gamma: 0.1, steps: 40, eval_every: 10 });
    const earlier = (over: object, checkpoints: EarlierRun['checkpoints'], id = 'earlier'): EarlierRun => ({
      id,
      sequence: updateSequence(configOf({ milestones: [10], lr_gamma: 0.1, steps: 40, eval_every: 10, ...over })),
      checkpoints,
      asked: null,
    });
    const branch = (updates: number) => ({ updates, isEnd: false });
    const end = (updates: number) => ({ updates, isEnd: true });
    const startOf = (runs: EarlierRun[], of = cell) => planStages([planned(of)], runs)[0];
    const from = (at: number, run = 'earlier') => ({ parent: { run }, at, asks: false });
    const begins = { parent: null, at: 0, asks: false };
    expect(startOf([earlier({ lr_gamma: 0.5 }, [branch(5), branch(10), branch(12)])])).toEqual(from(10));
    expect(startOf([earlier({ steps: 20 }, [end(21)])])).toEqual(from(21));
    expect(startOf([earlier({ steps: 25 }, [end(26)])])).toEqual(begins);
    expect(startOf([earlier({ steps: 20 }, [end(21)])], { ...cell, measuresMoreAtEnd: true })).toEqual(begins);
    expect(startOf([earlier({}, [branch(9)], 'a'), earlier({}, [branch(20)], 'b')])).toEqual(from(20, 'b'));
    const waiting = { ...earlier({ lr_gamma: 0.5 }, []), asked: { from: 4, updates: 41 } };
    expect(startOf([waiting])).toEqual({ ...from(10), asks: true });
    expect(startOf([{ ...waiting, asked: { from: 11, updates: 41 } }])).toEqual(begins);
    // One that goes on from an end has evaluated there, and cannot be asked for what comes before that.
    const [longer, rarer] = planStages(
      [planned(cell), planned(cellOf({ milestones: [10], lr_gamma: 0.1, steps: 40, eval_every: 20 }))],
      [earlier({ steps: 10 }, [end(11)])],
    );
    expect([longer, rarer]).toEqual([from(11), begins]);
    // Nobody passes 10 any more but the second of two cells, which makes its own way.
    const other = cellOf({ milestones: [10], lr_gamma: 0.5, steps: 40, eval_every: 10 });
    const [one, two] = planStages([planned(cell), planned(other)], [earlier({}, [branch(20)])]);
    expect([one, two]).toEqual([from(20), begins]);
  });

  it('of two thousand cells are planned in a moment', () => {
    const cells = Array.from({ length: 2000 }, (_, index) =>
      cellOf({ milestones: [10 + (index % 50)], lr_gamma: 0.1 + Math.floor(index / 50) / 100, steps: 90 }),
    ).map(planned);
    const startedMs = performance.now();
    planStages(cells);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});
