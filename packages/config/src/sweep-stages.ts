import { passesThroughEnd, sharedUpdates, type Turn, type UpdateSequence } from './update-sequence.ts';

/** A run that is to be made. */
export type StageCell = {
  readonly sequence: UpdateSequence;
  /** that it makes in all */
  readonly updates: number;
  /** whether its last evaluation measures what those before do not */
  readonly measuresMoreAtEnd: boolean;
};

/** A run that exists already. */
export type EarlierRun = {
  readonly id: string;
  readonly sequence: UpdateSequence;
  /** checkpoints that it has, or is certain to leave: before the evaluation due there, or (isEnd) after its last */
  readonly checkpoints: readonly { readonly updates: number; readonly isEnd: boolean }[];
  /** for one that has not begun: it may be asked for a checkpoint after any update from `from` to `updates` */
  readonly asked: { readonly from: number; readonly updates: number } | null;
};

/** Where a cell begins. */
export type Stage = {
  /** whose checkpoint it goes on from; null: it begins at step 0 */
  readonly parent: { readonly cell: number } | { readonly run: string } | null;
  /** updates that it need not make */
  readonly at: number;
  /** whether the parent has to be asked for a checkpoint there; otherwise it has one, or its end will do */
  readonly asks: boolean;
};

type Parent = NonNullable<Stage['parent']>;
/** Somebody who makes the updates from `from` on, and leaves a node's path after `until` of them. */
type Runner = { readonly parent: Parent; readonly from: number; readonly until: number; readonly updates: number };
type Node = { readonly children: Map<string, Node>; readonly runners: Runner[] };

/** Where a cell begins, and from which update on it can be asked itself: at an end the evaluation due there is done. */
type Start = { readonly stage: Stage; readonly from: number };

const fromStart: Start = { stage: { parent: null, at: 0, asks: false }, from: 0 };

/**
 * Where each cell of a sweep begins, so that every update is made once: the sequences of updates form a tree, and each cell goes on
 * from where it leaves what was planned before it. Shorter cells come first, for a longer one that evaluates at their end goes on
 * from there without evaluating again. All updates that are made are the sum of `updates - at`: the size of that tree.
 * @returns a stage for each cell, in their order; parents that are cells never form a circle
 */
export function planStages(cells: readonly StageCell[], earlier: readonly EarlierRun[] = []): Stage[] {
  const trunks = new Map<string, Node>();
  const rootOf = ({ trunk }: UpdateSequence): Node => getOrAdd(trunks, trunk);
  for (const { id, sequence, asked } of earlier) {
    if (asked !== null) plant(rootOf(sequence), sequence.turns, { parent: { run: id }, ...asked });
  }
  const ofTrunk = new Map<string, EarlierRun[]>();
  for (const run of earlier) ofTrunk.set(run.sequence.trunk, [...(ofTrunk.get(run.sequence.trunk) ?? []), run]);
  const stages = cells.map(() => fromStart.stage);
  const order = cells.map((cell, index) => ({ cell, index })).sort((a, b) => a.cell.updates - b.cell.updates);
  for (const { cell, index } of order) {
    const root = rootOf(cell.sequence);
    const made = lastCheckpoint(cell, ofTrunk.get(cell.sequence.trunk) ?? []);
    const planned = lastShared(root, cell);
    const { stage, from } = made.stage.at >= planned.stage.at ? made : planned;
    stages[index] = stage;
    plant(root, cell.sequence.turns, { parent: { cell: index }, from, updates: cell.updates });
  }
  return stages;
}

/** The furthest checkpoint of an earlier run that a cell can go on from. */
function lastCheckpoint(cell: StageCell, earlier: readonly EarlierRun[]): Start {
  let best = fromStart;
  for (const { id, sequence, checkpoints } of earlier) {
    const shared = Math.min(cell.updates, sharedUpdates(sequence, cell.sequence));
    for (const { updates: at, isEnd } of checkpoints) {
      if (at > shared || at <= best.stage.at) continue;
      const end = { updates: at, measuredMore: cell.measuresMoreAtEnd };
      if (isEnd && !passesThroughEnd(end, cell)) continue;
      best = { stage: { parent: { run: id }, at, asks: false }, from: isEnd ? at + 1 : at };
    }
  }
  return best;
}

/** The furthest point that a cell shares with what is planted; of several who pass it, the one planted first. */
function lastShared(root: Node, cell: StageCell): Start {
  const { turns } = cell.sequence;
  const path = [root];
  for (let node = root.children.get(keyOf(turns[0])); node !== undefined; ) {
    path.push(node);
    node = node.children.get(keyOf(turns[path.length - 1]));
  }
  for (let depth = path.length - 1; depth >= 0; depth -= 1) {
    const leaves = Math.min(cell.updates, turns[depth]?.[0] ?? Number.POSITIVE_INFINITY);
    let best: { readonly runner: Runner; readonly at: number } | null = null;
    for (const runner of (path[depth] as Node).runners) {
      const at = Math.min(leaves, runner.until);
      if (at >= Math.max(1, runner.from) && at > (best?.at ?? 0)) best = { runner, at };
    }
    if (best === null) continue;
    const { runner, at } = best;
    const end = { updates: at, measuredMore: cell.measuresMoreAtEnd };
    const asks = at < runner.updates || !passesThroughEnd(end, cell);
    return { stage: { parent: runner.parent, at, asks }, from: asks ? at : at + 1 };
  }
  return fromStart;
}

/** Lets others branch off a run, at each turn of its way. */
function plant(root: Node, turns: readonly Turn[], run: Omit<Runner, 'until'>): void {
  let node = root;
  for (let depth = 0; ; depth += 1) {
    const turn = turns[depth];
    const until = Math.min(run.updates, turn?.[0] ?? run.updates);
    // One that comes later and gets no further is never the better choice.
    const isUseful = !node.runners.some((other) => other.until >= until && other.from <= run.from);
    if (isUseful) node.runners.push({ ...run, until });
    if (turn === undefined || turn[0] >= run.updates) return;
    node = getOrAdd(node.children, keyOf(turn));
  }
}

function keyOf(turn: Turn | undefined): string {
  return turn === undefined ? '' : `${turn[0]} ${turn[1]}`;
}

function getOrAdd(nodes: Map<string, Node>, key: string): Node {
  const known = nodes.get(key);
  if (known !== undefined) return known;
  const node: Node = { children: new Map(), runners: [] };
  nodes.set(key, node);
  return node;
}
