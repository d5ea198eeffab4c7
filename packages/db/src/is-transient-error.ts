/** SQLSTATE classes after which the same statement may succeed: connection, resources, operator intervention, rollback. */
const transientClasses = ['08', '53', '57', '40', '58'];
const sqlState = /^[0-9A-Z]{5}$/;

/** Whether an error says that the database was out of reach, not that the statement was wrong. */
export function isTransientError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && sqlState.test(code)) return transientClasses.includes(code.slice(0, 2));
  // Errors of sockets, and those that pg makes itself when a connection ends or cannot be had.
  if (typeof code === 'string') return code.startsWith('ECONN') || code === 'EPIPE' || code === 'ETIMEDOUT';
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered/.test(error.message);
}
