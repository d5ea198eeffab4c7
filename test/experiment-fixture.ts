import {
  type CheckpointFacts,
  configSha256,
  experimentIdentity,
  resolveExperiment,
  unknownProvenance,
  updateSequence,
} from '@spherelab/config';
import {
  claimExperiment,
  createExperiment,
  type Database,
  type Experiment,
  type Fence,
  type NewExperiment,
} from '@spherelab/db';

/** A valid experiment on generated pictures; `over` are fields of the request. */
export function newExperiment(over: Readonly<Record<string, unknown>> = {}, force = true): NewExperiment {
  const resolved = resolveExperiment({ dataset: 'shapes', loss: 'triplet', ...over }, null);
  const identity = experimentIdentity(resolved.config, unknownProvenance);
  return { ...resolved, provenance: unknownProvenance, identity, force };
}

/** Stores one as POST would. */
export async function storeExperiment(
  database: Database,
  over: Readonly<Record<string, unknown>> = {},
): Promise<Experiment> {
  return (await createExperiment(database.pool, newExperiment(over))).experiment;
}

/** Stores one and claims it for a worker `w`. @returns what its first attempt writes under */
export async function storeRunning(database: Database, leaseMs = 60_000): Promise<Fence> {
  const { id } = await storeExperiment(database);
  await claimExperiment(database.pool, id, { worker: 'w', device: 'cpu', leaseMs });
  return { experimentId: id, attempt: 1 };
}

/** What a checkpoint was made under; `over` are facts that differ. */
export function checkpointFacts(config: Experiment['config'], over: Partial<CheckpointFacts> = {}): CheckpointFacts {
  return {
    config_sha256: configSha256(config),
    sequence: updateSequence(config),
    dataset: config.dataset,
    data_sha256: 'data',
    weights_sha256: 'random',
    numerics: 'all',
    host_numerics: 'host',
    layout_sha256: 'layout',
    graph_sha256: 'graph',
    environment: {
      cpu: 'this one',
      node: 'v20',
      platform: 'linux-x64',
      intra_op_threads: 1,
      inter_op_threads: 1,
      device: 'cpu',
      tensorflow: '2.21',
      onednn: true,
      libvips: '8',
    },
    ...over,
  };
}

/** Facts for tests in which nobody looks at them. */
export const anyFacts: CheckpointFacts = checkpointFacts(newExperiment().config);
