import { countIdleBranches } from '../checkpoints/collect-branches.ts';
import { type Database, inTransaction, type Queryable } from '../database.ts';
import { retention } from './retention.ts';

/** Rows of one kind that nothing needs any more. */
export type Leftover = { readonly what: LeftoverKind; readonly count: number; readonly bytes: number };
export type LeftoverKind =
  | 'branch checkpoints'
  | 'checkpoint pieces'
  | 'artifacts'
  | 'thumbnails'
  | 'empty sweeps'
  | 'old workers';

/** A picture is named by its hash somewhere in the detail of an evaluation. */
const shown = `shown AS MATERIALIZED (SELECT DISTINCT (regexp_matches(detail::text, '"([0-9a-f]{64})"', 'g'))[1] AS sha256
  FROM evaluation_view WHERE detail IS NOT NULL)`;
const notShown = 'NOT EXISTS (SELECT 1 FROM shown WHERE shown.sha256 = thumbnail.sha256)';
const noMember = `NOT grows AND NOT EXISTS (SELECT 1 FROM sweep_member WHERE sweep_id = sweep.id)
  AND NOT EXISTS (SELECT 1 FROM study WHERE study.sweep_id = sweep.id AND study.status = 'open')`;
const silent = `heartbeat_at < now() - interval '${retention.workerDays} days'`;

const counts: Readonly<Record<LeftoverKind, string>> = {
  'branch checkpoints': countIdleBranches,
  'checkpoint pieces': `SELECT count(*), coalesce(sum(octet_length(data)), 0)::bigint AS bytes FROM chunk
    WHERE NOT EXISTS (SELECT 1 FROM checkpoint_chunk WHERE checkpoint_chunk.sha256 = chunk.sha256)`,
  artifacts: `SELECT count(*), coalesce(sum(octet_length(data)), 0)::bigint AS bytes FROM artifact
    WHERE NOT EXISTS (SELECT 1 FROM experiment WHERE graph_sha256 = artifact.sha256 OR manifest_sha256 = artifact.sha256)`,
  thumbnails: `WITH ${shown} SELECT count(*), coalesce(sum(octet_length(webp)), 0)::bigint AS bytes FROM thumbnail WHERE ${notShown}`,
  'empty sweeps': `SELECT count(*), coalesce(sum(octet_length(request::text)), 0)::bigint AS bytes FROM sweep WHERE ${noMember}`,
  'old workers': `SELECT count(*), 0::bigint AS bytes FROM worker WHERE ${silent}`,
};

/** What could go, by kind; nothing is changed. */
export async function countLeftovers(database: Database): Promise<Leftover[]> {
  const kinds = Object.keys(counts) as LeftoverKind[];
  return inTransaction(database, async (client) => {
    const leftovers: Leftover[] = [];
    for (const what of kinds) {
      const { rows } = await unhurried<{ count: number; bytes: number }>(client, counts[what]);
      leftovers.push({ what, count: rows[0]?.count ?? 0, bytes: rows[0]?.bytes ?? 0 });
    }
    return leftovers;
  });
}

/** Deletes sweeps whose runs are all deleted, and workers that were not heard of for long. @returns how many */
export async function collectEmptied(client: Queryable): Promise<number> {
  const sweeps = await client.query(`DELETE FROM sweep WHERE ${noMember}`);
  const workers = await client.query(`DELETE FROM worker WHERE ${silent}`);
  return (sweeps.rowCount ?? 0) + (workers.rowCount ?? 0);
}

/**
 * Deletes the pictures that no evaluation shows. Two statements: once the rows are locked an evaluation that has one of them waits
 * (and stores it anew), and the second sees what was shown until then.
 * @returns how many
 */
export async function collectThumbnails(database: Database): Promise<number> {
  return inTransaction(database, async (client) => {
    const found = await unhurried<{ sha256: string }>(
      client,
      `WITH ${shown} SELECT sha256 FROM thumbnail WHERE ${notShown} FOR UPDATE OF thumbnail SKIP LOCKED`,
    );
    if (found.rows.length === 0) return 0;
    const text = `WITH ${shown} DELETE FROM thumbnail WHERE sha256 = ANY($1::text[]) AND ${notShown}`;
    return (await unhurried(client, text, [found.rows.map(({ sha256 }) => sha256)])).rowCount ?? 0;
  });
}

/** A statement that may read much, within a transaction. */
async function unhurried<T extends object>(client: Queryable, text: string, values: unknown[] = []) {
  await client.query(`SET LOCAL statement_timeout = ${retention.lookWithinMs}`);
  const statement = { text, values, query_timeout: retention.lookWithinMs };
  return client.query<T>(statement);
}
