import { setTimeout as delay } from 'node:timers/promises';
import { isTransientError } from '@spherelab/db';

/** Repeats a statement while the database is out of reach, until `givenUp`. @throws the statement's last error */
export async function retryWhileAway<T>(
  statement: () => Promise<T>,
  waitMs: number,
  givenUp: () => boolean,
): Promise<T> {
  for (;;) {
    try {
      return await statement();
    } catch (error) {
      if (!isTransientError(error) || givenUp()) throw error;
      await delay(waitMs);
    }
  }
}
