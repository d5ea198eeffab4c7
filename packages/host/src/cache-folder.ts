import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

/** Where this program keeps what it can make again: recorded steps, pictures, engines. */
export function cacheFolder(env: Readonly<{ XDG_CACHE_HOME?: string | undefined }>): string {
  return path.join(env.XDG_CACHE_HOME || userCache(), 'spherelab');
}

/** A user without an entry in passwd (`docker run --user 12345`) has no home. */
function userCache(): string {
  try {
    return path.join(homedir(), '.cache');
  } catch {
    return path.join(tmpdir(), `cache-of-${process.getuid?.()}`);
  }
}
