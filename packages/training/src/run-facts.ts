import { createHash } from 'node:crypto';
import {
  canonicalJson,
  configSha256,
  type Environment,
  type ExperimentConfig,
  type Numerics,
  type RunFacts,
  updateSequence,
} from '@spherelab/config';
import { CHECKPOINT_FORMAT } from './checkpoint.ts';
import type { StepVariable } from './step-variables.ts';

export type FactsOfRun = {
  readonly config: ExperimentConfig;
  readonly numerics: Numerics;
  /** The data set's own spelling. */
  readonly dataset: string;
  readonly dataSha256: string;
  readonly weightsSha256: string;
  /** All that a step carries to the next one. */
  readonly variables: readonly StepVariable[];
  /** SHA-256 (hex) of the recorded stages that are never trained; null where there are none. */
  readonly frozenSha256: string | null;
  readonly environment: Environment;
  readonly totalUpdates: number;
};

/** What is to be compared before a run goes on from anything (mayResume, mayAdopt). */
export function runFacts(of: FactsOfRun): RunFacts {
  const frozen = of.frozenSha256 === null ? {} : { frozen: of.frozenSha256 };
  const config = { ...of.config, dataset: of.dataset };
  const layout = { format: CHECKPOINT_FORMAT, variables: of.variables, ...frozen };
  return {
    config_sha256: configSha256(config),
    sequence: updateSequence(config),
    total_updates: of.totalUpdates,
    dataset: of.dataset,
    data_sha256: of.dataSha256,
    weights_sha256: of.weightsSha256,
    numerics: of.numerics.version,
    host_numerics: of.numerics.host,
    layout_sha256: createHash('sha256').update(canonicalJson(layout)).digest('hex'),
    environment: of.environment,
  };
}
