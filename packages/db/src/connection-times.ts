/**
 * Times of a connection to Postgres, in ms unless said otherwise, each with its reason. Without them a connection whose other end
 * vanished (a cable, a firewall that forgets) hangs for a quarter of an hour, on this side in a statement, on the other in a lock.
 */
export const connectionTimes = {
  /** How long to wait for a connection: a database that restarts refuses at once, only one that is cut off is silent. */
  connectTimeoutMs: 10_000,
  /** When this side gives a statement up and drops the connection. The slowest, a thinned read of some 10^5 points or 1 MB of a
   * checkpoint over a bad line, takes a second. */
  queryTimeoutMs: 20_000,
  /** The same for statements that a lease hangs on: one row by its key. Three may fail before the lease is lost. */
  briefTimeoutMs: 5_000,
  /** When Postgres ends a statement; before this side does, so that the error says why. */
  statementTimeoutMs: 15_000,
  /** When Postgres ends a transaction whose client says nothing: the relay waits 10 s for the queue store within one. */
  idleInTransactionTimeoutMs: 30_000,
  /** First probe of an idle connection, from either side. */
  keepAliveIdleMs: 10_000,
  /** s between probes, and how many may fail: a dead peer is found within 10 + 3 * 5 s. */
  keepAliveIntervalS: 5,
  keepAliveCount: 3,
} as const;

/**
 * The same for Postgres's end of a connection, as a statement: a pooler in front of it (PgBouncer) refuses what is asked for at the
 * start of a session (`options`).
 */
export function sessionSettings(): string {
  const { keepAliveIdleMs, keepAliveIntervalS, keepAliveCount } = connectionTimes;
  const settings = {
    statement_timeout: connectionTimes.statementTimeoutMs,
    idle_in_transaction_session_timeout: connectionTimes.idleInTransactionTimeoutMs,
    tcp_keepalives_idle: keepAliveIdleMs / 1_000,
    tcp_keepalives_interval: keepAliveIntervalS,
    tcp_keepalives_count: keepAliveCount,
    tcp_user_timeout: keepAliveIdleMs + keepAliveIntervalS * keepAliveCount * 1_000,
    // A series of 10^5 points is sorted in memory; the default of 4 MB makes a file of it.
    work_mem: "'16MB'",
  };
  return Object.entries(settings)
    .map(([name, value]) => `SET ${name} = ${value}`)
    .join(';');
}

/** A statement of one row that answers at once or not at all. */
export function brief(text: string, values: unknown[]): { text: string; values: unknown[] } {
  return { text, values, query_timeout: connectionTimes.briefTimeoutMs } as { text: string; values: unknown[] };
}
