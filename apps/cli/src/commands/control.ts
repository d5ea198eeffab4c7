import type { Command } from 'commander';
import { serverAddress } from '../cli-environment.ts';
import { jsonLine } from '../output/terminal-text.ts';
import { ApiClient } from '../server/api-client.ts';
import type { Experiment, Sweep } from '../server/api-types.ts';

const verbs = {
  cancel: 'stop an experiment for good',
  pause: 'stop an experiment at a checkpoint, to be resumed',
  resume: 'resume a paused experiment from its checkpoint',
  retry: 'run a failed or cancelled experiment again',
} as const;

type ControlOptions = { readonly json?: boolean; readonly sweep?: boolean };

/** `cancel`, `pause`, `resume`, `retry`. */
export function addControlCommands(program: Command): void {
  for (const [verb, description] of Object.entries(verbs)) {
    program
      .command(`${verb} <id>`)
      .description(description)
      .option(
        '--sweep',
        'the id is that of a sweep: all of its experiments whose state allows it (retry: those that failed)',
      )
      .option('--json', 'print JSON')
      .action((id: string, options: ControlOptions) => (options.sweep ? ofSweep : ofExperiment)(verb, id, options));
  }
}

async function ofExperiment(verb: string, id: string, { json }: ControlOptions): Promise<void> {
  const path = `/experiments/${encodeURIComponent(id)}/${verb}`;
  const experiment = await new ApiClient(serverAddress()).post<Experiment>(path);
  process.stdout.write(json ? jsonLine(experiment) : `experiment ${experiment.id} is ${experiment.status}\n`);
}

async function ofSweep(verb: string, id: string, { json }: ControlOptions): Promise<void> {
  const sweep = await new ApiClient(serverAddress()).post<Sweep>(`/sweeps/${encodeURIComponent(id)}/${verb}`);
  const counts = Object.entries(sweep.counts).map(([state, count]) => `${count} ${state}`);
  process.stdout.write(json ? jsonLine(sweep) : `sweep ${sweep.id}: ${counts.join(', ')}\n`);
}
