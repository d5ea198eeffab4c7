// The product's trainer, which also notes when it hands out each measurement: a line 'STEP MILLISECONDS' in the file that the
// experiment's name names.
import { appendFileSync } from 'node:fs';
import { runTrainer } from '../apps/worker/dist/run-trainer.js';
import { trainExperiment } from '../packages/training/dist/index.js';

runTrainer((job) =>
  trainExperiment({
    ...job,
    emit: (event) => {
      const norm = event.type === 'metrics' ? event.points.find(({ name }) => name === 'norm_mean') : undefined;
      if (norm !== undefined) appendFileSync(job.config.name, `${norm.step} ${Date.now()}\n`);
      return job.emit(event);
    },
  }),
);
