import type { ExperimentConfig } from '@spherelab/config';
import type { Queryable } from '../database.ts';

/** Runs that are looked at, the newest; and of those alike, how many count. */
const mostRuns = 1_000;
const mostAlike = 20;

/** Fields that, with the batch, decide most of how long an update takes. */
const costly = ['backbone', 'image_size', 'embedding_dim', 'freeze_stages'] as const;
type Costly = Pick<ExperimentConfig, (typeof costly)[number] | 'batch_size'>;

const paces = `
  SELECT config, coalesce(environment->>'device', 'cpu') AS device,
    extract(epoch FROM finished_at - pace_since)::float8 / (total_updates - pace_from_step) AS seconds
  FROM (SELECT * FROM experiment WHERE status = 'succeeded' ORDER BY updated_at DESC LIMIT ${mostRuns}) AS newest
  WHERE finished_at > pace_since AND total_updates > pace_from_step ORDER BY finished_at DESC`;

/**
 * How long an update takes, evaluations and all, in past runs of the same network, picture size and device: the median of the newest of
 * the same batch, or else of others in proportion to their batch.
 * @returns seconds for a config; null where there is no such run
 */
export async function recentPaces(client: Queryable): Promise<(config: ExperimentConfig) => number | null> {
  const { rows } = await client.query<{ config: Costly; device: string; seconds: number }>(paces);
  const known = new Map<string, number | null>();
  const paceOf = (config: ExperimentConfig): number | null => {
    const isAlike = (row: (typeof rows)[number]) =>
      costly.every((field) => row.config[field] === config[field]) &&
      (config.device === 'any' || row.device.replace(/:.*/, '') === config.device);
    const alike = rows.filter(isAlike);
    const same = alike.filter((row) => row.config.batch_size === config.batch_size);
    const seconds = (same.length > 0 ? same : alike)
      .slice(0, mostAlike)
      .map((row) => (row.seconds * config.batch_size) / row.config.batch_size);
    seconds.sort((a, b) => a - b);
    return seconds[Math.floor(seconds.length / 2)] ?? null;
  };
  return (config) => {
    const key = [config.device, config.batch_size, ...costly.map((field) => config[field])].join();
    if (!known.has(key)) known.set(key, paceOf(config));
    return known.get(key) ?? null;
  };
}
