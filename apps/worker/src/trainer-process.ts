// The process that trains: forked by the supervisor, for one attempt after the other. Only here is TensorFlow loaded.
import { keptParts, trainExperiment } from '@spherelab/training';
import { runTrainer } from './run-trainer.ts';

const kept = keptParts();
runTrainer((options) => trainExperiment({ ...options, kept }));
