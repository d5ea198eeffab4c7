import type { Database } from '../database.ts';
import { hasAccessKeys } from './access-keys.ts';

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return loopback.test(host);
}

/** @throws Error where the API would open to a network without a key, and nobody said that it should */
export async function checkExposure(database: Database, host: string, isOpen: boolean): Promise<void> {
  if (isLoopback(host) || (await hasAccessKeys(database.pool))) return;
  if (!isOpen) {
    throw new Error(
      `SPHERELAB_HOST=${host} opens the API to other machines, and there is no key: make one (spherelab keys create NAME), ` +
        'or set SPHERELAB_OPEN=1 if whoever reaches it may do everything',
    );
  }
  console.error(
    JSON.stringify({
      level: 'warn',
      msg: `SPHERELAB_OPEN=1: whoever reaches ${host} may read, change and delete everything`,
    }),
  );
}
