import { setTimeout as delay } from 'node:timers/promises';
import { trainersOf } from './chaos-processes.mjs';

/** ms that a killed service stays away. */
const away = [200, 1_500];

/** Times that a kind is drawn for once of the others: processes that die are what this is about. */
const drawnAs = { trainer: 4, supervisor: 3, api: 2, postgres: 2, redis: 2 };
/** Upgrade and back again; by which of them the seed decides. */
export const upgrades = ['upgrade', 'upgrade by SIGKILL'];
/** What ends a process with SIGKILL. */
export const kills = new Set(['trainer', 'supervisor', 'api', 'postgres', 'redis', 'upgrade by SIGKILL']);

/**
 * What is done to a system, by kind, as often in the list as it is to be drawn. Each resolves with how to tell that its victims work
 * again, or with null where there was nothing to disturb; `untilWell` is asked again and again.
 */
export function disturbances(system, random) {
  const pause = () => delay(random.between(...away));
  const isReady = () => system.isReady();
  const kinds = {
    trainer: async () => {
      const pids = system.workers.flatMap(({ pid }) => (pid === null ? [] : trainersOf(pid)));
      const pid = random.pick(pids);
      if (pid === undefined) return null;
      const untilWell = await untilRunsGoOn(system, anyWorker);
      process.kill(pid, 'SIGKILL');
      return untilWell;
    },
    supervisor: async () => {
      const worker = random.pick(system.workers);
      const untilWell = await untilRunsGoOn(system, worker.name);
      await worker.kill();
      await pause();
      worker.start();
      return untilWell;
    },
    drain: async () => {
      const worker = random.pick(system.workers);
      const untilWell = await untilRunsGoOn(system, worker.name);
      await worker.stop(40_000);
      worker.start();
      return untilWell;
    },
    api: async () => {
      await system.api.kill();
      await pause();
      system.api.start();
      return isReady;
    },
    postgres: async () => {
      await system.killPostgres();
      await pause();
      await system.startPostgres();
      return isReady;
    },
    'postgres half-open': async () => {
      if (system.databaseProxy.blackHole() === 0) return null;
      return untilHeartbeats(system);
    },
    ...(system.hasUpgrades
      ? {
          // One after the other, as a careful person does it: for a while both releases work on one queue.
          upgrade: async () => {
            const untilWell = await untilRunsGoOn(system, everyWorker);
            system.switchRelease();
            for (const program of [system.api, ...system.workers]) {
              await program.stop(40_000);
              program.start();
            }
            return async () => (await untilWell()) && (await isReady());
          },
          'upgrade by SIGKILL': async () => {
            const untilWell = await untilRunsGoOn(system, everyWorker);
            system.switchRelease();
            const programs = [system.api, ...system.workers];
            await Promise.all(programs.map((program) => program.kill()));
            await pause();
            for (const program of programs) program.start();
            return async () => (await untilWell()) && (await isReady());
          },
        }
      : {}),
    ...(system.redis === null
      ? {}
      : {
          redis: async () => {
            await system.redis.process.kill();
            await pause();
            system.redis.process.start();
            return isReady;
          },
          'redis flushed': async () => {
            await system.redis.flush();
            return isReady;
          },
          'redis half-open': async () => {
            if (system.redisProxy.blackHole() === 0) return null;
            return isReady;
          },
        }),
  };
  return Object.entries(kinds).flatMap((entry) => Array(drawnAs[entry[0]] ?? 1).fill(entry));
}

const anyWorker = 'any';
const everyWorker = 'every';

/** The runs of a worker (or of both) are well once each reports from a later attempt, or has ended; of any worker, once one does. */
async function untilRunsGoOn(system, workerName) {
  const names = [anyWorker, everyWorker].includes(workerName) ? null : workerName.replace('worker', 'chaos');
  const { rows } = await system.query(
    `SELECT id, attempt FROM experiment WHERE status = 'running' AND ($1::text IS NULL OR lease_owner LIKE $1 || '%')`,
    [names],
  );
  return async () => {
    const { rows: now } = await system.query(
      `SELECT experiment.id, status, experiment.attempt, attempt.environment IS NOT NULL AS reports FROM experiment
       LEFT JOIN attempt ON experiment_id = experiment.id AND number = experiment.attempt WHERE experiment.id = ANY($1::uuid[])`,
      [rows.map(({ id }) => id)],
    );
    const before = new Map(rows.map(({ id, attempt }) => [id, attempt]));
    const isWell = (row) =>
      row.status === 'succeeded' || (row.status === 'running' && row.reports && row.attempt > before.get(row.id));
    // One killed trainer of two: one of the runs is well when either is further.
    return workerName === anyWorker ? now.length === 0 || now.some(isWell) : now.every(isWell);
  };
}

async function untilHeartbeats(system) {
  const { rows } = await system.query('SELECT now() AS at');
  return async () => {
    const { rows: late } = await system.query(
      `SELECT name FROM worker WHERE stopped_at IS NULL AND heartbeat_at > $1::timestamptz - interval '10 s' AND heartbeat_at <= $1`,
      [rows[0].at],
    );
    return late.length === 0 && (await system.isReady());
  };
}
