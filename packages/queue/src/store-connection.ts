import pg from 'pg';
import { jobNumbers } from './job-numbers.ts';
import { queueSchema } from './queue-store.ts';

/** Options of ioredis. A producer gives up at once where the store is away (the outbox keeps the hint); a consumer waits. */
export function redisConnection(url: string, role: 'producer' | 'consumer') {
  return {
    url,
    maxRetriesPerRequest: role === 'consumer' ? null : 1,
    enableOfflineQueue: true,
    // A consumer's longest wait for an answer is drainDelayS.
    socketTimeout: jobNumbers.answerWithinMs,
    retryStrategy: (times: number) => Math.min(times * 100, 2_000), // ms
  };
}

/**
 * A connection that ends while BullMQ holds it between two statements has nobody who listens; without a listener its error would
 * end the process. The next statement tells the same.
 */
class SteadyClient extends pg.Client {
  constructor(options?: pg.ClientConfig) {
    super(options);
    this.on('error', () => undefined);
  }
}

/** Options of pg with those of BullMQ's own schema, which it makes and migrates itself under an advisory lock. */
export function postgresConnection(connectionString: string) {
  return {
    connectionString,
    schema: queueSchema,
    migrate: true,
    max: jobNumbers.poolSize,
    Client: SteadyClient,
    keepAlive: true,
    options: sessionOptions(),
    query_timeout: jobNumbers.answerWithinMs,
    connectionTimeoutMillis: jobNumbers.answerWithinMs,
  };
}

/** As Postgres takes it at the start of a session: its own end of a connection that went silent gives up what it holds. */
function sessionOptions(): string {
  const settings = {
    statement_timeout: jobNumbers.statementTimeoutMs,
    idle_in_transaction_session_timeout: jobNumbers.idleInTransactionTimeoutMs,
    tcp_keepalives_idle: jobNumbers.keepAliveIdleS,
    tcp_keepalives_interval: jobNumbers.keepAliveIntervalS,
    tcp_keepalives_count: jobNumbers.keepAliveCount,
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
