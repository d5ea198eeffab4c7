import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { chaosConfigs, compareWithTwin, longerConfig, patientClient, readRun, retry } from './chaos-experiments.mjs';
import { summarizeChaos } from './chaos-summary.mjs';
import { startChaosSystem } from './chaos-system.mjs';
import { startCoreBurners } from './core-burners.mjs';
import { disturbances, upgrades } from './disturbances.mjs';
import { readCrossings } from './release-crossings.mjs';
import { seededRandom } from './seeded-random.mjs';

/** Experiments that are queued or run at any time. */
const underWay = 4;
/** Of so many posted runs one is a longer one that may go on from a finished one. */
const longerOneOf = 4;
/** ms after the last disturbance within which everything must have ended: sixteen runs beside burning cores take minutes. */
const settleWithinMs = 480_000;
/** ms within which what was disturbed must work again, or it counts as not recovered. */
const recoverWithinMs = 120_000;

/**
 * Runs each config undisturbed, then again and again while processes are killed, connections go dead and everything is upgraded to
 * another release and back, and compares.
 * @param {{ store: 'redis' | 'postgres', seconds: number, seed: number, configs?: number, steps?: number,
 *   everyMs?: [number, number], burn?: boolean, log?: (message: string) => void }} options `burn`: beside processes that keep every
 *   core busy
 */
export async function runChaos(options) {
  const { store, seconds, seed, configs: count = 12, steps = 48, everyMs = [1_000, 4_500], burn = false } = options;
  const log = options.log ?? (() => undefined);
  const random = seededRandom(seed);
  const burners = burn ? startCoreBurners() : null;
  const load = { cores: availableParallelism(), before: loadavg()[0], burners: burners?.count ?? 0 };
  let system = null;
  try {
    system = await startChaosSystem(store, { upgrades: true });
    const client = patientClient(system.url);
    const configs = chaosConfigs(count, steps);
    // One of each loss at most: their twins cost time too.
    const longer = configs.slice(0, Math.ceil(count / 3)).map(longerConfig);
    log(`${store}: ${configs.length + longer.length} runs undisturbed`);
    const twinIds = new Map();
    for (const config of [...configs, ...longer]) twinIds.set(config, await client.post(config));
    const twins = await readAll(system, client, [...twinIds.values()], settleWithinMs);
    const missing = [...twins.values()].filter(({ status }) => status !== 'succeeded');
    if (missing.length > 0) throw new Error(`undisturbed runs did not succeed: ${JSON.stringify(missing)}`);
    log(`${store}: disturbing for ${seconds} s, seed ${seed}`);

    const begin = performance.now();
    const end = begin + seconds * 1_000;
    const posted = [];
    const turn = seriesOf(configs, longer);
    const post = async () => {
      const { config, force } = turn();
      const id = await client.post(config, { force });
      if (posted.every((run) => run.id !== id)) posted.push({ id, twin: twins.get(twinIds.get(config)) });
    };
    const posting = (async () => {
      while (performance.now() < end) {
        if ((await unsettled(system, posted)) < underWay) await post();
        else await delay(250);
      }
    })();
    const struck = await disturb(system, random, { begin, end, everyMs, log });
    await posting;
    log(`${store}: ${struck.length} disturbances of ${posted.length} runs; waiting for the rest`);
    const ids = posted.map(({ id }) => id);
    const runs = await readAll(system, client, ids, settleWithinMs);
    const about = { store, seconds, seed, crashes: system.crashes, load: { ...load, after: loadavg()[0] } };
    const crossings = await readCrossings(system, ids);
    return summarizeChaos({ ...about, ...crossings }, struck, await compareAll(system, posted, runs));
  } finally {
    await system?.stop();
    await burners?.stop();
  }
}

/** What is posted next: every config in turn, forced, and now and then a longer one that is not. */
function seriesOf(configs, longer) {
  let count = 0;
  return () => {
    const round = Math.floor(count / longerOneOf);
    const isLonger = count % longerOneOf === longerOneOf - 1;
    const short = count - round;
    count += 1;
    return isLonger
      ? { config: longer[round % longer.length], force: false }
      : { config: configs[short % configs.length], force: true };
  };
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

async function disturb(system, random, { begin, end, everyMs, log }) {
  const kinds = disturbances(system, random);
  const struck = [];
  const upgraded = () => struck.filter(({ kind }) => upgrades.includes(kind)).length;
  const draw = () => {
    // Whatever the seed draws: an upgrade after a third of the time at the latest, and another after two.
    const share = (performance.now() - begin) / (end - begin);
    return random.pick(upgraded() < Math.floor(share * 3) ? kinds.filter(([kind]) => upgrades.includes(kind)) : kinds);
  };
  const recoveries = [];
  // On a busy machine one disturbance may take all the time of a short run.
  while (performance.now() < end || upgraded() === 0) {
    await delay(random.between(...everyMs));
    const [kind, strike] = draw();
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
