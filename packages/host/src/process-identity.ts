import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process as others on its host know it: the pid alone is given to another process some day. */
export type ProcessIdentity = {
  /** host, its boot and the process namespace, for containers may share a host name */
  readonly host: string;
  /** `pid/start time` */
  readonly process: string;
};

/** This process. Where the system does not tell enough, a host that no other process is on: then nobody judges by it. */
export function ownIdentity(): ProcessIdentity {
  const self = processIdentity(process.pid);
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const host = `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
    if (self !== null) return { host, process: self };
  } catch {
    // not Linux
  }
  const moment = performance.timeOrigin;
  return { host: `${hostname()} ${process.pid} ${moment}`, process: `${process.pid}/${moment}` };
}

/** `pid/start time` of a process of this host; null for one that is gone, or was killed and not yet waited for. */
export function processIdentity(pid: number): string | null {
  const started = process.platform === 'linux' ? startTime(pid) : startDate(pid);
  return started === null ? null : `${pid}/${started}`;
}

/** Whether a process of this host, as `processIdentity` named it, still runs. */
export function isProcessAlive(identity: string): boolean {
  return processIdentity(pidOf(identity)) === identity;
}

export function pidOf(identity: string): number {
  return Number(identity.split('/')[0]);
}

/** When a process of this host began, in ms since 1970; null for one that is gone. Where only its life is known: long ago. */
export function processStartMs(pid: number): number | null {
  const started = process.platform === 'linux' ? startTime(pid) : startDate(pid);
  if (started === null) return null;
  if (process.platform !== 'linux') return Date.parse(started) || 0;
  const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1];
  return boot === undefined ? 0 : Number(boot) * 1_000 + Number(started) * msOfTick;
}

/** ms. USER_HZ is 100 on every Linux that Node runs on. */
const msOfTick = 10;

/** Start time in ticks since boot. */
function startTime(pid: number): string | null {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; state is the first field after it, the start time the twentieth.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** Start time to the second, from systems without /proc. */
function startDate(pid: number): string | null {
  try {
    const date = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    return date.trim() || null;
  } catch {
    return null;
  }
}

/** Whether a process of this number exists now, whoever's it is; a number may be given anew. */
export function isPidAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
