import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { QueueStore } from '@spherelab/queue';

/** This checkout, as one of the releases of which a system can be. */
export const thisRelease = fileURLToPath(new URL('..', import.meta.url));

export type ReleaseSystemOptions = {
  /** Folder of a built checkout. */
  readonly release: string;
  readonly databaseUrl: string;
  readonly queue: QueueStore;
  readonly dataRoot: string;
  /** What the API takes for the data root; default: the same. */
  readonly apiDataRoot?: string;
  /** Recorded steps, pictures and hashes. */
  readonly cacheHome: string;
};

/** An API and a worker of a release, with the real trainer, as processes. */
export type ReleaseSystem = {
  readonly url: string;
  readonly worker: ChildProcess;
  /** Ends both in order: what runs is given back with a checkpoint. */
  readonly stop: () => Promise<void>;
  /** Ends both as a power cut does. */
  readonly kill: () => Promise<void>;
};

export async function startReleaseSystem(options: ReleaseSystemOptions): Promise<ReleaseSystem> {
  const { release, databaseUrl, queue, dataRoot, cacheHome } = options;
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    REDIS_URL: queue.store === 'redis' ? queue.url : '',
    SPHERELAB_HOST: '127.0.0.1',
    PORT: '0',
    SPHERELAB_DATA_DIR: dataRoot,
    SPHERELAB_DEVICES: 'cpu',
    SPHERELAB_INTRA_OP_THREADS: '1',
    XDG_CACHE_HOME: cacheHome,
  };
  const start = (script: string, more: NodeJS.ProcessEnv = {}): ChildProcess =>
    spawn(process.execPath, [path.join(release, script)], {
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const api = start('apps/api/dist/server.js', { SPHERELAB_DATA_DIR: options.apiDataRoot ?? dataRoot });
  const worker = start('apps/worker/dist/main.js');
  worker.stdout?.resume();
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    await Promise.all(
      [worker, api].map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill(signal);
        await gone;
      }),
    );
  };
  try {
    return { url: await addressOf(api), worker, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}

/** The API's first line of output names its address. */
async function addressOf(api: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    api.stdout?.on('data', (data: Buffer) => {
      said += data.toString();
      const url = /"url":"([^"]+)"/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    api.once('exit', (code) => reject(new Error(`the API ended with code ${code}: ${said}`)));
  });
}
