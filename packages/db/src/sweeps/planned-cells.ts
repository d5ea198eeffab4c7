import {
  countUpdates,
  type EarlierRun,
  type ExperimentConfig,
  planStages,
  type RunCourse,
  type RunState,
  type Stage,
  updateSequence,
} from '@spherelab/config';
import type { Queryable } from '../database.ts';
import type { NewExperiment } from '../experiments/create-experiments.ts';
import { trunkOf } from '../experiments/settings-sql.ts';

/** A cell of a sweep under way to be stored. */
export type PlannedCell = {
  readonly id: string;
  readonly input: NewExperiment;
  /** that it makes in all */
  readonly updates: number;
  /** it was not there before */
  readonly isNew: boolean;
};

/** A cell's stage; `isThere`: its parent's checkpoint can be read at once. */
export type CellStage = Stage & { readonly parentId: string; readonly isThere: boolean };

type FoundRun = {
  readonly position: number;
  readonly id: string;
  readonly status: RunState;
  readonly config: ExperimentConfig;
  readonly attempt: number;
  readonly total_updates: number | null;
  readonly branch_at: readonly number[];
  readonly parent_step: number | null;
  readonly stop_requested: string | null;
  /** a cell may wait for it: the same devices take both, and none is ahead of it that is not ahead of the cell */
  readonly isAhead: boolean;
  readonly checkpoints: readonly { readonly updates: number; readonly isEnd: boolean }[];
};

/** Runs of one past that are looked at, those with most to offer first. */
const mostRuns = 200;

const find = `
  SELECT input.position, found.* FROM jsonb_to_recordset($1::jsonb)
    AS input(position int, config jsonb, provenance jsonb, device text, priority int),
  LATERAL (SELECT id, status, config, attempt, total_updates, branch_at, parent_step, stop_requested,
      experiment.device = input.device AND experiment.priority >= input.priority AS "isAhead",
      coalesce((SELECT jsonb_agg(jsonb_build_object('updates', step, 'isEnd', kind = 'final')) FROM checkpoint
        WHERE experiment_id = experiment.id AND published_at IS NOT NULL
          AND (kind = 'branch' OR (kind = 'final' AND status = 'succeeded'))), '[]') AS checkpoints
    FROM experiment WHERE ${trunkOf('experiment.config')} = ${trunkOf('input.config')}
      AND experiment.provenance = input.provenance AND NOT id = ANY($2::uuid[])
    ORDER BY total_updates DESC NULLS LAST, created_at DESC LIMIT ${mostRuns}) AS found`;

/** Where the cells that are new and not forced begin; null for all others, and for those that begin at step 0. */
export async function planCells(client: Queryable, cells: readonly PlannedCell[]): Promise<(CellStage | null)[]> {
  const stages: (CellStage | null)[] = cells.map(() => null);
  for (const group of groupsOf(cells)) {
    const earlier = await earlierRuns(client, group, cells);
    const planned = planStages(
      group.map(({ course }) => course),
      earlier,
    );
    planned.forEach((stage, at) => {
      const place = group[at]?.place;
      if (stage.parent === null || place === undefined) return;
      const parentId = 'run' in stage.parent ? stage.parent.run : (group[stage.parent.cell]?.id as string);
      const run = earlier.find(({ id }) => id === parentId);
      const isThere = run?.there.some((updates) => updates === stage.at) ?? false;
      stages[place] = { ...stage, parentId, isThere };
    });
  }
  return stages;
}

type GroupedCell = PlannedCell & {
  readonly course: RunCourse;
  /** among all cells */
  readonly place: number;
};

/** Cells that may wait for each other: the same devices take them. */
function groupsOf(cells: readonly PlannedCell[]): GroupedCell[][] {
  const groups = new Map<string, GroupedCell[]>();
  cells.forEach((cell, place) => {
    const { course, force, config } = cell.input;
    if (!cell.isNew || force || !course) return;
    const group = groups.get(config.device) ?? [];
    group.push({ ...cell, course, place });
    groups.set(config.device, group);
  });
  return [...groups.values()];
}

type OfferingRun = EarlierRun & { readonly there: readonly number[] };

/** Runs with the past of a cell that have a checkpoint, will leave one, or can be asked for one. */
async function earlierRuns(
  client: Queryable,
  group: readonly GroupedCell[],
  cells: readonly PlannedCell[],
): Promise<OfferingRun[]> {
  const first = new Map<string, GroupedCell>();
  for (const cell of group) {
    const key = `${cell.course.sequence.trunk} ${JSON.stringify(cell.input.provenance)}`;
    if (!first.has(key)) first.set(key, cell);
  }
  const asked = [...first.values()];
  const input = asked.map(({ input: { config, provenance } }, position) => {
    const { device, priority } = config;
    return { position, config, provenance, device, priority };
  });
  const made = cells.filter(({ isNew }) => isNew).map(({ id }) => id);
  const { rows } = await client.query<FoundRun>(find, [JSON.stringify(input), made]);
  return rows.map((row) => offerOf(row, asked[row.position]?.course as RunCourse));
}

function offerOf(row: FoundRun, course: RunCourse): OfferingRun {
  const { id, config, checkpoints, isAhead, status, branch_at: branchAt, total_updates: total } = row;
  const updates = total ?? countUpdates({ ...course, steps: config.steps });
  const isUnderWay = isAhead && row.stop_requested === null && (status === 'queued' || status === 'running');
  const toCome = [
    { updates, isEnd: true },
    ...(status === 'running' ? branchAt.map((at) => ({ updates: at, isEnd: false })) : []),
  ];
  // What it began with as it was planned is where it can be asked from: it does not pass what comes before.
  const isFresh = status === 'queued' && row.attempt === 0;
  return {
    id,
    sequence: updateSequence(config),
    checkpoints: [...checkpoints, ...(isUnderWay ? toCome : [])],
    asked: isUnderWay && isFresh ? { from: row.parent_step === null ? 0 : row.parent_step + 1, updates } : null,
    there: checkpoints.map((checkpoint) => checkpoint.updates),
  };
}
