import { brief } from './connection-times.ts';
import type { Database, Queryable } from './database.ts';

export type WorkerRegistration = {
  readonly name: string;
  readonly devices: readonly string[];
  readonly host: string;
  readonly pid: number;
  readonly version: string;
};

/** A worker as the API shows it. */
export type WorkerView = WorkerRegistration & {
  readonly started_at: Date;
  readonly heartbeat_at: Date;
  readonly stopped_at: Date | null;
  /** heard of lately */
  readonly alive: boolean;
  /** what it trains now */
  readonly experiment_ids: readonly string[];
};

/** Silence after which a worker counts as gone; workers tell themselves every 5 s or oftener. */
export const workerSilenceMs = 30_000;

/**
 * Shows a worker as alive. A name that another living process has (two machines with one configuration) gets the pid behind it; the
 * work itself is told apart by attempts, not by names.
 * @param isAlive whether a process of this host runs: the name of one that was killed is free at once
 * @returns the name under which it is shown
 */
export async function registerWorker(
  client: Queryable,
  worker: WorkerRegistration,
  isAlive: (pid: number) => boolean = () => true,
): Promise<string> {
  const { name, devices, host, pid, version } = worker;
  const { rows } = await client.query<{ pid: number }>('SELECT pid FROM worker WHERE name = $1 AND host = $2', [
    name,
    host,
  ]);
  const holder = rows[0]?.pid;
  const dead = holder !== undefined && !isAlive(holder) ? holder : null;
  const register = (as: string) =>
    client.query(
      `INSERT INTO worker (name, devices, host, pid, version) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (name) DO UPDATE SET devices = excluded.devices, host = excluded.host, pid = excluded.pid,
         version = excluded.version, started_at = now(), heartbeat_at = now(), stopped_at = NULL
       WHERE worker.stopped_at IS NOT NULL OR worker.heartbeat_at < now() - $6 * interval '1 ms'
         OR (worker.host = excluded.host AND (worker.pid = excluded.pid OR worker.pid = $7))`,
      [as, devices, host, pid, version, workerSilenceMs, dead],
    );
  if ((await register(name)).rowCount === 1) return name;
  const other = `${name}-${host}-${pid}`;
  await register(other);
  return other;
}

export async function heartbeatWorker(client: Queryable, name: string): Promise<void> {
  await client.query(brief('UPDATE worker SET heartbeat_at = now(), stopped_at = NULL WHERE name = $1', [name]));
}

/** Workers of a host that were heard of lately. */
export async function workersOfHost(client: Queryable, host: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*) FROM worker WHERE host = $1 AND stopped_at IS NULL AND heartbeat_at > now() - $2 * interval '1 ms'`,
    [host, workerSilenceMs],
  );
  return rows[0]?.count ?? 0;
}

/** Marks a worker that leaves in order. */
export async function retireWorker(database: Database, name: string): Promise<void> {
  await database.prisma.worker.updateMany({ where: { name }, data: { stopped_at: new Date() } });
}

/** All workers that were heard of in the last day, those alive first. */
export async function listWorkers(client: Queryable): Promise<WorkerView[]> {
  const { rows } = await client.query<WorkerView>(
    `SELECT worker.*, stopped_at IS NULL AND heartbeat_at > now() - $1 * interval '1 ms' AS alive,
       ARRAY(SELECT id::text FROM experiment WHERE status = 'running' AND lease_owner = worker.name) AS experiment_ids
     FROM worker WHERE heartbeat_at > now() - interval '1 day' ORDER BY alive DESC, name`,
    [workerSilenceMs],
  );
  return rows;
}

/**
 * Says on queued experiments that need a GPU why they wait, and stops saying so once a worker with a GPU is there.
 */
export async function explainMissingGpu(client: Queryable): Promise<void> {
  const reason = 'waits for a worker with a GPU; none is registered';
  await client.query(
    `WITH gpu AS (SELECT EXISTS (SELECT 1 FROM worker WHERE stopped_at IS NULL AND heartbeat_at > now() - $2 * interval '1 ms'
       AND EXISTS (SELECT 1 FROM unnest(devices) AS device WHERE device LIKE 'gpu%')) AS there)
     UPDATE experiment SET status_reason = CASE WHEN gpu.there THEN NULL ELSE $1 END, updated_at = now() FROM gpu
     WHERE status = 'queued' AND device = 'gpu' AND (status_reason IS NOT DISTINCT FROM $1) = gpu.there`,
    [reason, workerSilenceMs],
  );
}
