import { setTimeout as delay } from 'node:timers/promises';
import { chaosConfigs, compareWithTwin, patientClient, readRun, retry } from './chaos-experiments.mjs';
import { startChaosSystem } from './chaos-system.mjs';
import { disturbances, kills } from './disturbances.mjs';
import { seededRandom } from './seeded-random.mjs';

/** Experiments that are queued or run at any time. */
const underWay = 4;
/** ms after the last disturbance within which everything must have ended. */
const settleWithinMs = 240_000;
/** ms within which what was disturbed must work again, or it counts as not recovered. */
const recoverWithinMs = 120_000;

/**
 * Runs each config undisturbed, then again and again while processes are killed and connections go dead, and compares.
 * @param {{ store: 'redis' | 'postgres', seconds: number, seed: number, configs?: number, steps?: number,
 *   everyMs?: [number, number], log?: (message: string) => void }} options
 */
export async function runChaos(options) {
  const { store, seconds, seed, configs: count = 12, steps = 48, everyMs = [1_000, 4_500] } = options;
  const log = options.log ?? (() => undefined);
  const random = seededRandom(seed);
  const system = await startChaosSystem(store);
  try {
    const client = patientClient(system.url);
    const configs = chaosConfigs(count, steps);
    log(`${store}: ${configs.length} runs undisturbed`);
    const twinIds = [];
    for (const config of configs) twinIds.push(await client.post(config));
    const twins = await readAll(system, client, twinIds, settleWithinMs);
    log(`${store}: disturbing for ${seconds} s, seed ${seed}`);

    const end = performance.now() + seconds * 1_000;
    const posted = [];
    const post = async () => {
      const index = posted.length % configs.length;
      const id = await client.post(configs[index]);
      posted.push({ id, twin: twins.get(twinIds[index]) });
    };
    const posting = (async () => {
      while (performance.now() < end) {
        if ((await unsettled(system, posted)) < underWay) await post();
        else await delay(250);
      }
    })();
    const struck = await disturb(system, random, { end, everyMs, log });
    await posting;
    log(`${store}: ${struck.length} disturbances of ${posted.length} runs; waiting for the rest`);
    const runs = await readAll(
      system,
      client,
      posted.map(({ id }) => id),
      settleWithinMs,
    );
    return summarize({ store, seconds, seed, crashes: system.crashes }, struck, await compareAll(system, posted, runs));
  } finally {
    await system.stop();
  }
}

async function unsettled(system, posted) {
  const { rows } = await retry(() =>
    system.query(
      `SELECT count(*)::int AS n FROM experiment WHERE id = ANY($1::uuid[]) AND status IN ('queued', 'running')`,
      [posted.map(({ id }) => id)],
    ),
  );
  return rows[0].n;
}

async function disturb(system, random, { end, everyMs, log }) {
  const kinds = disturbances(system, random);
  const struck = [];
  const recoveries = [];
  while (performance.now() < end) {
    await delay(random.between(...everyMs));
    const [kind, strike] = random.pick(kinds);
    const struckAt = performance.now();
    const isWell = await retry(strike);
    if (isWell === null) continue;
    const disturbance = { kind, recoveredMs: null };
    struck.push(disturbance);
    log(`  ${kind}`);
    recoveries.push(
      (async () => {
        while (performance.now() - struckAt < recoverWithinMs) {
          if (await retry(isWell)) {
            disturbance.recoveredMs = performance.now() - struckAt;
            return;
          }
          await delay(100);
        }
      })(),
    );
  }
  await Promise.all(recoveries);
  return struck;
}

async function readAll(system, client, ids, withinMs) {
  const end = performance.now() + withinMs;
  while (
    (await unsettled(
      system,
      ids.map((id) => ({ id })),
    )) > 0 &&
    performance.now() < end
  )
    await delay(250);
  const runs = new Map();
  for (const id of ids) runs.set(id, await readRun(client, id));
  return runs;
}

async function compareAll(system, posted, runs) {
  const differences = [];
  for (const { id, twin } of posted) {
    const run = runs.get(id);
    differences.push({
      id,
      status: run.status,
      reason: run.status_reason,
      attempt: run.attempt,
      ...(await compareWithTwin(system.query, twin, run)),
    });
  }
  return differences;
}

function summarize(about, struck, runs) {
  const sum = (of) => runs.reduce((total, run) => total + of(run), 0);
  const byKind = {};
  for (const { kind, recoveredMs } of struck) {
    byKind[kind] ??= { count: 0, recoveredMs: [] };
    byKind[kind].count += 1;
    if (recoveredMs !== null) byKind[kind].recoveredMs.push(recoveredMs);
  }
  return {
    ...about,
    disturbances: struck.length,
    kills: struck.filter(({ kind }) => kills.has(kind)).length,
    byKind,
    notRecovered: struck.filter(({ recoveredMs }) => recoveredMs === null).length,
    recoveredMs: struck.flatMap(({ recoveredMs }) => recoveredMs ?? []),
    runs: runs.length,
    attempts: sum((run) => run.attempt),
    unfinished: runs.filter(({ status }) => status !== 'succeeded'),
    lost: sum((run) => run.lost),
    doubled: sum((run) => run.doubled),
    changed: sum((run) => run.changed),
    weights: sum((run) => run.weights),
    wrong: runs.filter((run) => run.lost + run.doubled + run.changed + run.weights > 0),
  };
}
