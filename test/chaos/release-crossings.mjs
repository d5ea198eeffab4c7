import { retry } from './chaos-experiments.mjs';

/**
 * What runs carried from one release to the other, and from one run to another.
 * @param {string[]} ids
 * @returns {Promise<{ crossed: number, adopted: number, startedOver: number }>} numbers of runs; `crossed` went on, from a
 *   checkpoint, under another release than that which they began with
 */
export async function readCrossings(system, ids) {
  const ask = async (text) => (await retry(() => system.query(text, [ids]))).rows;
  const attempts = await ask(
    `SELECT experiment_id AS id, split_part(process, '/', 1)::int AS pid, environment->>'numerics' AS numerics FROM attempt
     WHERE experiment_id = ANY($1::uuid[]) AND resumed_from_step IS NOT NULL AND environment IS NOT NULL`,
  );
  const [{ adopted }] = await ask(
    'SELECT count(*)::int AS adopted FROM experiment WHERE id = ANY($1::uuid[]) AND prefix_of IS NOT NULL',
  );
  const [{ over }] = await ask(
    `SELECT count(DISTINCT experiment_id)::int AS over FROM log_line
     WHERE experiment_id = ANY($1::uuid[]) AND message LIKE 'starts over from step 0%'`,
  );
  // An attempt tells the version that its run began with, whatever its own release has.
  const crossing = attempts.filter(({ pid, numerics }) => numerics !== system.numericsOfPid.get(pid));
  return { crossed: new Set(crossing.map(({ id }) => id)).size, adopted, startedOver: over };
}
