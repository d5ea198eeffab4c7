import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, isPidAlive } from '@spherelab/host';
import { EngineError } from './engine-error.ts';

/** Where engines live: outside node_modules, shared by all clones of a user. */
export function engineCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return path.join(cacheFolder(env), 'engine');
}

/**
 * Makes the folder `name` of the cache by filling a temporary one and renaming it, so that it is there whole or not at all.
 * Whoever comes second finds the first one's folder and keeps it.
 */
export async function makeCached(
  cache: string,
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const target = path.join(cache, name);
  await createFolder(cache);
  await removeAbandoned(cache);
  const temporary = path.join(cache, `.making-${process.pid}-${name}`);
  try {
    await mkdir(temporary, { recursive: true });
    await fill(temporary);
    await rename(temporary, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return target;
}

async function createFolder(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new EngineError(
      `the engine cache ${cache} cannot be written (${error.code})`,
      'set XDG_CACHE_HOME to a folder of yours',
      { cause: error },
    );
  });
}

/** Removes what an interrupted setup left: temporary folders whose process is gone. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const entry of await readdir(cache)) {
    const pid = /^\.making-(\d+)-/.exec(entry)?.[1];
    if (pid !== undefined && !isPidAlive(Number(pid)))
      await rm(path.join(cache, entry), { recursive: true, force: true });
  }
}
