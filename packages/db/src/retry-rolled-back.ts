import { DeletedMeanwhileError } from './experiments/deleted-meanwhile-error.ts';

/** times. Each try meets whoever was in the way in another place. */
const tries = 5;
/** SQLSTATE class: the transaction was rolled back for the sake of others (a deadlock, a failed serialisation). */
const rolledBack = /^40...$/;

/** Does what is one transaction once more where Postgres undid all of it for reasons that lie in others. @throws the last error */
export async function retryRolledBack<T>(transaction: () => Promise<T>): Promise<T> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await transaction();
    } catch (error) {
      const mayBeRetried = error instanceof DeletedMeanwhileError || rolledBack.test(String(codeOf(error)));
      if (!mayBeRetried || left === 0) throw error;
    }
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as { code?: unknown }).code : undefined;
}
