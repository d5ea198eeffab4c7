/** Beside the classes below: idle_in_transaction_session_timeout and lock_not_available. */
const transientStates = ['25P03', '55P03'];
/** SQLSTATE classes after which the same statement may succeed: connection, resources, operator intervention, rollback. */
const transientClasses = ['08', '53', '57', '40', '58'];
const sqlState = /^[0-9A-Z]{5}$/;

/** Whether an error says that the database was out of reach, not that the statement was wrong. */
export function isTransientError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && sqlState.test(code)) {
    return transientClasses.includes(code.slice(0, 2)) || transientStates.includes(code);
  }
  // Errors of sockets, and those that pg makes itself when a connection ends or cannot be had.
  if (typeof code === 'string')
    return code.startsWith('ECONN') || ['EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code);
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered|Query read timeout|timeout expired/.test(
    error.message,
  );
}
