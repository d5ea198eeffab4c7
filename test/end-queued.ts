import { claimExperiment, type Database, type Experiment, nextExperiment, settleAttempt } from '@spherelab/db';

/**
 * Plays a worker: claims what is next in line and ends it with what `metricsOf` says of its config; null: it fails.
 * @param most of them
 * @returns how many ended
 */
export async function endQueued(
  database: Database,
  metricsOf: (config: Experiment['config']) => Readonly<Record<string, number>> | null,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  const error = { code: 'loss_not_finite', message: 'the loss is not finite', retryable: false };
  for (let done = 0; done < most; done += 1) {
    const id = await nextExperiment(database.pool, ['any']);
    if (id === null) return done;
    const run = await claimExperiment(database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
    if (run === null) throw new Error(`${id} was not to be had`);
    const metrics = metricsOf(run.config);
    const at = metrics && { step: run.config.steps, metrics };
    await settleAttempt(
      database.pool,
      { experimentId: id, attempt: run.attempt },
      at === null ? { status: 'failed', error } : { status: 'succeeded', result: { best: at, last: at } },
    );
  }
  return most;
}
