import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { ServerFolders } from './server-folders.ts';

export const superuser = 'spherelab';

/** Creates the cluster if there is none. An interrupted initdb leaves nothing behind that a later start would trust. */
export async function initialiseCluster(folders: ServerFolders, signal?: AbortSignal): Promise<void> {
  if (await stat(folders.data).catch(() => null)) return;
  const partial = join(folders.root, 'data.partial');
  await rm(partial, { recursive: true, force: true });
  await writeFile(folders.password, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (folders.user) await chown(folders.password, folders.user.uid, folders.user.gid);
  const args = ['-D', partial, '-U', superuser, '--auth=scram-sha-256', `--pwfile=${folders.password}`];
  const { code, output } = await runTool(folders, 'initdb', [...args, '--encoding=UTF8', '--locale=C'], signal);
  signal?.throwIfAborted();
  if (output.includes('could not look up effective user')) {
    throw new Error(
      `Postgres needs a name for the user ${process.getuid?.()}: add a line to /etc/passwd, or set DATABASE_URL to a Postgres of your own`,
    );
  }
  if (code !== 0) throw new Error(`initdb failed (exit code ${code}): ${output}`);
  await rename(partial, folders.data);
}

/** The port of the running server, or null when none runs. */
export async function runningPort(folders: ServerFolders): Promise<number | null> {
  const pidFile = await readPidFile(folders);
  if (pidFile === null || !(await isServer(pidFile.pid))) return null;
  return pidFile.port;
}

/** First lines of postmaster.pid: pid, data folder, start time, port. Null where there is none, or it is just being written. */
async function readPidFile(folders: ServerFolders): Promise<{ pid: number; port: number } | null> {
  const lines = (await readFile(join(folders.data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port } : null;
}

/**
 * Whether a pid is that of a Postgres that runs. Not so for a killed one that nobody waited for (a container without an init
 * keeps it as a zombie), nor where the number now belongs to another program: `pg_ctl status` takes both for a server.
 */
async function isServer(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (status === null) return process.platform !== 'linux';
  const [, name, state] = /\((.*)\) (\S)/s.exec(status) ?? [];
  return name === 'postgres' && state !== 'Z' && state !== 'X';
}

/** Removes the lock file of a server that is gone: Postgres itself would believe in its pid. */
export async function removeStaleLock(folders: ServerFolders): Promise<void> {
  const pidFile = await readPidFile(folders);
  if (pidFile === null || (await isServer(pidFile.pid))) return;
  await rm(join(folders.data, 'postmaster.pid'), { force: true });
}

/**
 * Starts the server detached: it outlives this process and its Ctrl-C, so that a draining worker still has its database.
 * @param durable false skips fsync; for tests only
 */
export async function startServer(folders: ServerFolders, port: number, durable: boolean): Promise<boolean> {
  const options = [`-p ${port}`, '-c listen_addresses=127.0.0.1', "-c unix_socket_directories=''"];
  if (!durable) options.push('-c fsync=off', '-c synchronous_commit=off', '-c full_page_writes=off');
  const args = ['start', '-w', '-t', '60', '-D', folders.data, '-l', folders.log, '-o', options.join(' ')];
  const { code } = await runTool(folders, 'pg_ctl', args);
  return code === 0;
}

/** Stops the server; open sessions are ended. */
export async function stopServer(folders: ServerFolders): Promise<void> {
  const stop = (mode: string) => runTool(folders, 'pg_ctl', ['stop', '-w', '-t', '30', '-m', mode, '-D', folders.data]);
  if ((await runningPort(folders)) === null) return;
  if ((await stop('fast')).code === 0) return;
  await stop('immediate');
}

/** Has the server end at once, without waiting for it: it recovers at its next start. */
export async function killServer(folders: ServerFolders): Promise<void> {
  const pidFile = await readPidFile(folders);
  if (pidFile === null || !(await isServer(pidFile.pid))) return;
  try {
    process.kill(pidFile.pid, 'SIGQUIT');
  } catch {
    // gone meanwhile
  }
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function runTool(
  folders: ServerFolders,
  tool: 'initdb' | 'pg_ctl',
  args: readonly string[],
  signal?: AbortSignal,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    // stdout is not a pipe for `start`: the server would inherit it and keep it open.
    const piped = args[0] === 'start' ? 'ignore' : 'pipe';
    const child = spawn(join(folders.bin, tool), args, {
      cwd: '/',
      detached: true,
      stdio: ['ignore', piped, piped],
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' },
      ...(folders.user ? { uid: folders.user.uid, gid: folders.user.gid } : {}),
    });
    // initdb runs programs of its own; all of them are in the group that `detached` makes.
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // it ended by itself just now
      }
    };
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => {
      signal?.removeEventListener('abort', end);
      resolve({ code, output });
    });
  });
}
