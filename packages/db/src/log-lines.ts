import type { Queryable } from './database.ts';
import { type Fence, fenceSql, StaleAttemptError } from './stale-attempt-error.ts';

export type LogLevel = 'info' | 'warn' | 'error';
export type LogLine = {
  readonly id: number;
  readonly attempt: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly logged_at: Date;
};

/** Longest message that is kept, in characters. */
const maxMessage = 8_000;

/** Writes a line of the running attempt. @throws StaleAttemptError */
export async function writeLogLine(client: Queryable, fence: Fence, level: LogLevel, message: string): Promise<void> {
  const { rowCount } = await client.query(
    `WITH fence AS (${fenceSql})
     INSERT INTO log_line (experiment_id, attempt, level, message) SELECT id, $2, $3::log_level, $4 FROM fence`,
    // Postgres text has no NUL.
    [fence.experimentId, fence.attempt, level, message.replaceAll('\0', '').slice(0, maxMessage)],
  );
  if (rowCount !== 1) throw new StaleAttemptError(fence);
}

/** Lines after an id, oldest first. */
export async function logLinesAfter(
  client: Queryable,
  experimentId: string,
  afterId: number,
  limit: number,
): Promise<LogLine[]> {
  const { rows } = await client.query<LogLine>(
    `SELECT id, attempt, level, message, logged_at FROM log_line
     WHERE experiment_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
    [experimentId, afterId, limit],
  );
  return rows;
}
