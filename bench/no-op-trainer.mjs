// The worker's side of an experiment without the experiment: says that it began and that it ended, with one value.
import { updateSequence } from '@spherelab/config';
import { runTrainer } from '../apps/worker/dist/run-trainer.js';

runTrainer(async ({ config, numerics, emit, hostEnvironment, chooseStart }) => {
  const totalUpdates = config.steps + 1;
  await chooseStart({
    config_sha256: 'none',
    sequence: updateSequence(config),
    total_updates: totalUpdates,
    dataset: config.dataset,
    data_sha256: 'none',
    weights_sha256: 'random',
    numerics: numerics.version,
    host_numerics: numerics.host,
    layout_sha256: 'none',
    environment: hostEnvironment,
  });
  await emit({ type: 'started', totalUpdates, resumedFromStep: null, environment: hostEnvironment });
  const at = { step: 0, metrics: { recall_at_1: 0 } };
  const baselines = { untrained: at, colour_histogram: at };
  const result = { weights_sha256: 'none', updates: totalUpdates, last: at, best: at, baselines };
  return { outcome: 'finished', result };
});
