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
  const started = startTime(process.pid);
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const host = `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
    if (started !== null) return { host, process: `${process.pid}/${started}` };
  } catch {
    // not Linux
  }
  const moment = performance.timeOrigin;
  return { host: `${hostname()} ${process.pid} ${moment}`, process: `${process.pid}/${moment}` };
}

/** Whether a process of this host, as `ownIdentity` named it, still runs. */
export function isProcessAlive(identity: string): boolean {
  const [pid, started] = identity.split('/');
  return startTime(Number(pid)) === started;
}

/** Start time in ticks since boot; null for one that is gone, or was killed and not yet waited for. */
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
