// The process that trains: forked by the supervisor, one for each attempt. Only here is TensorFlow loaded.
import { trainExperiment } from '@spherelab/training';
import { runTrainer } from './run-trainer.ts';

runTrainer(trainExperiment);
