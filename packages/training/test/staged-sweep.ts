import path from 'node:path';
import { countUpdates, type ExperimentConfig, lrAt, mayAdopt, planStages, updateSequence } from '@spherelab/config';
import { expect } from 'vitest';
import { readCheckpoint } from '../src/checkpoint.ts';
import type { RunProgress } from '../src/run-progress.ts';
import type { RunStart } from '../src/train-options.ts';
import type { TrainingResult } from '../src/training-events.ts';
import { type CheckpointEvent, checkpointsOf, observeRun, pointsOf, smallConfig } from './observed-run.ts';

/** Of the folder `toy`: 16 training images, in batches of 8. */
const batchesPerEpoch = 2;

export type Cell = { readonly config: ExperimentConfig; readonly updates: number };

export function cellOf(over: Record<string, unknown>): Cell {
  const tiny = { dataset: 'toy', protocol: 'paper', image_size: 16, embedding_dim: 8, instances: 2, batch_size: 8 };
  const config = smallConfig('triplet', { ...tiny, checkpoint_every: 1_000, ...over });
  return { config, updates: countUpdates({ steps: config.steps, batchesPerEpoch }) };
}

/** How a run ended: its result, and all that its final checkpoint carries beside tensors (points by their digest). */
export type Ended = { readonly result: TrainingResult; readonly progress: RunProgress };

type Staged = Ended & { readonly executed: number; readonly checkpoints: readonly CheckpointEvent[] };

async function run(
  cell: Cell,
  folder: string,
  workFolder: string,
  branchAt: readonly number[],
  from: CheckpointEvent | null,
): Promise<Staged> {
  const { outcome, events } = await observeRun(cell.config, folder, {
    workFolder,
    branchAt,
    chooseStart: async (facts): Promise<RunStart> => {
      if (from === null) return { type: 'begin', resumeFrom: null, graphFolder: null };
      const offer = { facts: from.facts, updates: from.step, isEnd: from.kind === 'final', measuredMore: false };
      expect(mayAdopt(offer, facts)).toEqual({ verdict: 'yes', notes: [] });
      return { type: 'begin', resumeFrom: from.file, graphFolder: null, isAdopted: true };
    },
  });
  if (outcome.outcome !== 'finished') throw new Error('it did not finish');
  const checkpoints = checkpointsOf(events);
  const final = checkpoints.find(({ kind }) => kind === 'final') as CheckpointEvent;
  const { metadata } = await readCheckpoint(final.file);
  const executed = [...pointsOf(events).keys()].filter((key) => key.startsWith('lr@')).length;
  return { result: outcome.result, progress: metadata.progress, executed, checkpoints };
}

/** A cell by itself, from step 0. */
export function runAlone(cell: Cell, folder: string): Promise<Ended> {
  return run(cell, folder, path.join(folder, 'alone'), [], null);
}

/** A sweep as it is planned: every stage once, in the order in which parents are done. @returns how each ended, and updates made */
export async function runStaged(cells: readonly Cell[], folder: string): Promise<{ ended: Ended[]; executed: number }> {
  const stages = planStages(
    cells.map(({ config, updates }) => ({ sequence: updateSequence(config), updates, measuresMoreAtEnd: false })),
  );
  const done = new Map<number, Staged>();
  const parentOf = (index: number): number | null => {
    const parent = stages[index]?.parent ?? null;
    return parent !== null && 'cell' in parent ? parent.cell : null;
  };
  while (done.size < cells.length) {
    const index = cells.findIndex(
      (_, at) => !done.has(at) && (parentOf(at) === null || done.has(parentOf(at) as number)),
    );
    const parent = parentOf(index);
    const { at, asks } = stages[index] as (typeof stages)[number];
    const kind = asks ? 'branch' : 'final';
    const from =
      parent === null
        ? null
        : (done.get(parent)?.checkpoints.find((left) => left.kind === kind && left.step === at) as CheckpointEvent);
    const branchAt = stages.flatMap((stage, child) => (stage.asks && parentOf(child) === index ? [stage.at] : []));
    done.set(index, await run(cells[index] as Cell, folder, path.join(folder, `cell-${index}`), branchAt, from));
  }
  const all = cells.map((_, index) => done.get(index) as Staged);
  return { ended: all, executed: all.reduce((sum, { executed }) => sum + executed, 0) };
}

/** Nodes of the tree of all updates of the cells, each written out with what is measured before and with it. */
export function treeSize(cells: readonly Cell[]): number {
  const nodes = new Set<string>();
  for (const { config, updates } of cells) {
    const { lr, lr_p, lr_gamma: gamma, milestones, eval_every, log_every, seed } = config;
    let beginning = JSON.stringify([seed, lr, lr_p]);
    for (let step = 0; step < updates; step += 1) {
      const rates = [lr, lr_p].map((rate) => lrAt(step, { lr: rate, gamma, milestones }));
      beginning += JSON.stringify([
        rates,
        step > 1 && (step - 1) % eval_every === 0,
        step > 0 && step % log_every === 0,
      ]);
      nodes.add(beginning);
    }
  }
  return nodes.size;
}
