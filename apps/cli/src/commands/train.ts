import type { Command } from 'commander';
import { serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { addExperimentFlags, requestFromFlags } from '../flags/experiment-flags.ts';
import { addReferenceFlags, notesOnReferenceFlags } from '../flags/reference-flags.ts';
import { resultTable } from '../output/result-table.ts';
import { jsonLine } from '../output/terminal-text.ts';
import { ApiClient } from '../server/api-client.ts';
import type { Experiment } from '../server/api-types.ts';
import { watchExperiment } from '../server/watch-experiment.ts';

type TrainOptions = Record<string, unknown> & {
  readonly detach?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
};

/** `spherelab train`: posts an experiment with the reference's flags and follows it. */
export function addTrainCommand(program: Command): void {
  const command = program.command('train').description("train one experiment; takes the reference's flags");
  addReferenceFlags(addExperimentFlags(command))
    .option('--force', 'run again even where the same config was run before')
    .option('--detach', 'do not wait for the end')
    .option('--json', 'print the experiment as JSON')
    .action(async (options: TrainOptions) => {
      for (const note of notesOnReferenceFlags(options)) process.stderr.write(`note: ${note}\n`);
      const api = new ApiClient(serverAddress());
      const request = { ...requestFromFlags(options), ...(options.force ? { force: true } : {}) };
      const { value: posted, isNew } = await api.create<Experiment>('/experiments', request);
      if (!options.json) {
        process.stderr.write(`experiment ${posted.id} is ${posted.status}: ${api.url}/lab/experiments/${posted.id}\n`);
        if (!isNew) process.stderr.write(`${knownText(posted, request)}\n`);
      }
      const ended = options.detach ? posted : await watched(api, posted.id);
      report(ended, options);
    });
}

/** Follows an experiment; Ctrl-C ends only that. */
async function watched(api: ApiClient, id: string): Promise<Experiment> {
  const leave = () => {
    process.stderr.write(`\nthe run continues; stop it with: spherelab cancel ${id.slice(0, 8)}\n`);
    process.exit(130);
  };
  process.once('SIGINT', leave);
  try {
    return await watchExperiment(api, id);
  } finally {
    process.off('SIGINT', leave);
  }
}

/** That the config was posted before, how that ended, what of this request it does not take, and how to run it again. */
export function knownText(experiment: Experiment, request: Readonly<Record<string, unknown>>): string {
  const { id, status, created_at: created, name, tags } = experiment;
  const own = { name, tags, priority: experiment.priority };
  const dropped = Object.entries(own).flatMap(([field, value]) =>
    request[field] === undefined || JSON.stringify(request[field]) === JSON.stringify(value) ? [] : [field],
  );
  const recall = experiment.result?.last.metrics.recall_at_1;
  return [
    `the same config was posted at ${created}: it is ${status}${recall === undefined ? '' : `, R@1 ${(100 * recall).toFixed(1)} %`}`,
    ...(dropped.length > 0 ? [`${dropped.join(', ')} of this request: not taken, it has its own`] : []),
    ...(status === 'failed' || status === 'cancelled' ? [`run it again: spherelab retry ${id.slice(0, 8)}`] : []),
    ...(status === 'succeeded' ? ['--force runs it again as another experiment'] : []),
  ].join('\n');
}

function report(experiment: Experiment, options: TrainOptions): void {
  if (options.json) process.stdout.write(jsonLine(experiment));
  else if (experiment.result !== null) {
    process.stdout.write(`${resultTable(experiment.result)}\nweights SHA-256 ${experiment.result.weights_sha256}\n`);
  }
  if (options.detach || experiment.status === 'succeeded') return;
  const reason = experiment.error?.message ?? experiment.status_reason ?? 'no reason was given';
  throw new CliError(`experiment ${experiment.id} is ${experiment.status}: ${reason}`);
}
