import type { Queryable } from '../database.ts';
import type { CellStage, PlannedCell } from './planned-cells.ts';

// Those of before are asked while nobody has begun them; the new ones nobody sees yet. Rows are locked in order of id, as by all who
// lock several.
const ask = `
  WITH wanted AS (SELECT id, array_agg(DISTINCT step) AS steps FROM unnest($1::uuid[], $2::int[]) AS asked(id, step) GROUP BY id),
  held AS (SELECT id FROM experiment WHERE id IN (SELECT id FROM wanted) AND status = 'queued' AND attempt = 0
    ORDER BY id FOR UPDATE)
  UPDATE experiment SET branch_at = ARRAY(SELECT DISTINCT step FROM unnest(branch_at || wanted.steps) AS step ORDER BY step)
  FROM wanted JOIN held USING (id) WHERE experiment.id = wanted.id RETURNING experiment.id`;

const place = `
  WITH stage AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::boolean[]) AS stage(id, parent, step, waits)),
  placed AS (UPDATE experiment SET parent_id = parent, parent_step = step, waits = stage.waits,
      status_reason = CASE WHEN stage.waits THEN 'waits for experiment ' || parent || ', which makes the first ' || step
        || ' of its updates for it' END
    FROM stage WHERE experiment.id = stage.id RETURNING experiment.id, stage.waits)
  DELETE FROM outbox USING placed WHERE experiment_id = placed.id AND placed.waits`;

/**
 * Writes to the rows of new cells whose checkpoint they go on from, and has those asked for it that do not leave it by themselves.
 * Who waits is not told to the queue until its checkpoint is there (releaseWaiting). A run that began meanwhile cannot be asked any
 * more: nobody waits for it.
 */
export async function writeStages(
  client: Queryable,
  cells: readonly PlannedCell[],
  stages: readonly (CellStage | null)[],
): Promise<void> {
  const placed = cells.flatMap(({ id }, index) => {
    const stage = stages[index];
    return stage ? [{ id, stage }] : [];
  });
  if (placed.length === 0) return;
  const asking = placed.filter(({ stage }) => stage.asks);
  const { rows } = await client.query<{ id: string }>(ask, [
    asking.map(({ stage }) => stage.parentId),
    asking.map(({ stage }) => stage.at),
  ]);
  const willing = new Set(rows.map(({ id }) => id));
  await client.query(place, [
    placed.map(({ id }) => id),
    placed.map(({ stage }) => stage.parentId),
    placed.map(({ stage }) => stage.at),
    placed.map(({ stage }) => !stage.isThere && (!stage.asks || willing.has(stage.parentId))),
  ]);
}
