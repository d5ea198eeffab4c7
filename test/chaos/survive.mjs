import { setTimeout as delay } from 'node:timers/promises';
import { chaosConfigs, compareWithTwin, patientClient, readRun } from './chaos-experiments.mjs';
import { startChaosSystem } from './chaos-system.mjs';

/** ms within which whatever is waited for must happen. */
const withinMs = 240_000;

/**
 * Two scenes on a system of its own, with Redis, each beside an undisturbed twin: a worker killed with -9 in the middle of a run;
 * FLUSHALL, then a killed Postgres, in the middle of a sweep.
 * @param {{ steps: number, say: (line: string) => void }} options
 * @returns whether everything equals its twin
 */
export async function survive({ steps, say }) {
  const system = await startChaosSystem('redis');
  try {
    const client = patientClient(system.url);
    const configs = chaosConfigs(4, steps);
    const first = await killWorker(system, client, configs[0], say);
    const second = await shakeSweep(system, client, configs, say);
    return first && second;
  } finally {
    await system.stop();
  }
}

async function killWorker(system, client, config, say) {
  const twin = await finished(client, await client.post(config));
  const id = await client.post(config);
  const { attempt, lease_owner, steps_done } = await until(async () => {
    const { rows } = await system.query(
      'SELECT status, attempt, lease_owner, steps_done FROM experiment WHERE id = $1',
      [id],
    );
    if (rows[0].status === 'succeeded')
      throw new Error('the run was done before it could be killed: give it more steps');
    // After its first checkpoint, so that it has something to go on from.
    return rows[0].status === 'running' && rows[0].steps_done > config.checkpoint_every ? rows[0] : null;
  });
  const worker = system.workers.find(({ name }) => lease_owner?.startsWith(name.replace('worker', 'chaos')));
  await worker.kill();
  worker.start();
  const run = await finished(client, id);
  say(`worker killed with -9 at step ${steps_done} of ${config.steps} of attempt ${attempt}, and started again:`);
  say(`  uninterrupted   weights SHA-256 ${twin.result?.weights_sha256}, ${twin.points.size} metric points`);
  say(`  attempt ${run.attempt}       weights SHA-256 ${run.result?.weights_sha256}, ${run.points.size} metric points`);
  return (await judge(system, [twin], [run], say)) && run.attempt > attempt;
}

async function shakeSweep(system, client, configs, say) {
  const twins = await finishedAll(client, await client.sweep(configs));
  const ids = await client.sweep(configs);
  const isUnderWay = (id) => until(async () => (await client.get(`/experiments/${id}`)).status !== 'queued');
  await isUnderWay(ids[0]);
  await system.redis.flush();
  await isUnderWay(ids[2]);
  await system.killPostgres();
  await system.startPostgres();
  const runs = await finishedAll(client, ids);
  say(`FLUSHALL on Redis, then Postgres killed with -9 and started, in the middle of ${ids.length} runs:`);
  const points = runs.reduce((total, run) => total + run.points.size, 0);
  const succeeded = runs.filter(({ status }) => status === 'succeeded').length;
  say(`  ${succeeded} of ${runs.length} succeeded, ${points} metric points`);
  return await judge(system, twins, runs, say);
}

async function judge(system, twins, runs, say) {
  const sum = { lost: 0, doubled: 0, changed: 0, weights: 0 };
  for (const [index, run] of runs.entries()) {
    const difference = await compareWithTwin(system.query, twins[index], run);
    for (const key of Object.keys(sum)) sum[key] += difference[key];
  }
  say(
    `  against the undisturbed: ${sum.lost} points lost, ${sum.doubled} doubled, ${sum.changed} with another value, ` +
      `${sum.weights} of ${runs.length} runs with other weights`,
  );
  return Object.values(sum).every((count) => count === 0);
}

async function finishedAll(client, ids) {
  const runs = [];
  for (const id of ids) runs.push(await finished(client, id));
  return runs;
}

async function finished(client, id) {
  await until(async () => !['queued', 'running'].includes((await client.get(`/experiments/${id}`)).status));
  return await readRun(client, id);
}

async function until(question) {
  const end = performance.now() + withinMs;
  while (performance.now() < end) {
    const answer = await question();
    if (answer) return answer;
    await delay(50);
  }
  throw new Error(`not within ${withinMs / 1_000} s: ${question}`);
}
