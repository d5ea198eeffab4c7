import { setTimeout as delay } from 'node:timers/promises';
import { timingMetrics } from '@spherelab/config';

const instancesOf = { triplet: 3, semihtriplet: 3, 'n-npair': 2, ms: 5 };
const regularizers = [
  { sec_wei: 0.5, norm_momentum: 0.3 },
  { sec_wei: 0, l2reg_wei: 1e-3 },
  { sec_wei: 0, l2reg_wei: 0 },
];

/** Short runs on generated pictures: every loss with SEC, with L2-reg and with neither. @param {number} count at most 12 */
export function chaosConfigs(count, steps) {
  const configs = regularizers.flatMap((regularizer) =>
    Object.entries(instancesOf).map(([loss, instances]) => ({
      dataset: 'shapes',
      loss,
      protocol: 'validation',
      instances,
      batch_size: instances * 8,
      image_size: 24,
      embedding_dim: 16,
      lr: 1e-3,
      lr_p: 1e-3,
      milestones: [Math.floor(steps / 2)],
      steps,
      eval_every: Math.floor(steps / 3),
      log_every: 5,
      checkpoint_every: 8,
      ...regularizer,
    })),
  );
  return configs.slice(0, count);
}

/**
 * Runs that go on from a finished one of `config`: the same but for their length, which passes through an evaluation where that one
 * ended.
 */
export function longerConfig(config) {
  return { ...config, steps: config.steps + config.eval_every };
}

/** The API as a client that does not give up: everything is asked again until it is answered. */
export function patientClient(url, ended = () => false) {
  const ask = async (route, body) => {
    for (;;) {
      try {
        const request = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
        const answer = await fetch(`${url}${route}`, { ...request, signal: AbortSignal.timeout(30_000) });
        if (answer.status < 500) return { status: answer.status, body: await answer.json() };
      } catch {
        // away: asked again
      }
      if (ended()) return null;
      await delay(200);
    }
  };
  return {
    get: async (route) => (await ask(route))?.body ?? null,
    /** @returns ids of the experiments of a sweep whose cells are these configs */
    sweep: async (cells) => {
      const { body } = await ask('/sweeps', { cells, force: true });
      const { items } = (await ask(`/sweeps/${body.id}/experiments?limit=500`)).body;
      return items.map(({ id }) => id);
    },
    /** @returns the id of an accepted experiment: from now on it must not be lost. Without `force` it may be one that was there */
    post: async (config, { force = true } = {}) => {
      const answer = await ask('/experiments', { ...config, force });
      const accepted = force ? [201] : [200, 201];
      if (answer !== null && !accepted.includes(answer.status))
        throw new Error(`refused: ${JSON.stringify(answer.body)}`);
      return answer?.body.id ?? null;
    },
  };
}

const headers = { 'content-type': 'application/json' };

/** What a run left: all that must equal what its twin left. */
export async function readRun(client, id) {
  const { status, status_reason, attempt, result } = await client.get(`/experiments/${id}`);
  const { series } = await client.get(`/experiments/${id}/metrics`);
  const points = new Map(
    series
      .filter(({ name }) => !timingMetrics.has(name))
      .flatMap(({ name, points: list }) => list.map(([step, value]) => [`${name}@${step}`, value])),
  );
  return { id, status, status_reason, attempt, result, points };
}

/** Compares a run with its undisturbed twin, also by the rows that the database has of it. `query` may fail: it is asked again. */
export async function compareWithTwin(query, twin, run) {
  const { rows } = await retry(() =>
    query(
      'SELECT count(*)::int AS rows, count(DISTINCT (name, step))::int AS distinct FROM metric WHERE experiment_id = $1',
      [run.id],
    ),
  );
  return compareRuns(twin, run, rows[0]);
}

/** Postgres is away now and then, also for the judge. */
export async function retry(question) {
  for (;;) {
    try {
      return await question();
    } catch {
      await delay(200);
    }
  }
}

/** @returns {{ lost: number, doubled: number, changed: number, weights: number }} numbers of points, and 1 for other weights or results */
function compareRuns(twin, run, stored) {
  const lost = [...twin.points.keys()].filter((key) => !run.points.has(key)).length;
  const extra = [...run.points.keys()].filter((key) => !twin.points.has(key)).length;
  const changed = [...twin.points].filter(([key, value]) => run.points.has(key) && run.points.get(key) !== value);
  const sameResult = JSON.stringify(twin.result) === JSON.stringify(run.result);
  const sameWeights = twin.result?.weights_sha256 === run.result?.weights_sha256 && run.result !== null;
  return {
    lost,
    doubled: extra + (stored.rows - stored.distinct),
    changed: changed.length,
    weights: sameWeights && sameResult ? 0 : 1,
  };
}
