import type { Command } from 'commander';
import { serverAddress } from '../cli-environment.ts';
import { jsonLine } from '../output/terminal-text.ts';
import { ApiClient } from '../server/api-client.ts';
import type { Experiment } from '../server/api-types.ts';

const verbs = {
  cancel: 'stop an experiment for good',
  pause: 'stop an experiment at a checkpoint, to be resumed',
  resume: 'let a paused experiment go on',
  retry: 'run a failed or cancelled experiment again',
} as const;

/** `cancel`, `pause`, `resume`, `retry`. */
export function addControlCommands(program: Command): void {
  for (const [verb, description] of Object.entries(verbs)) {
    program
      .command(`${verb} <id>`)
      .description(description)
      .option('--json', 'print the experiment as JSON')
      .action(async (id: string, options: { readonly json?: boolean }) => {
        const path = `/experiments/${encodeURIComponent(id)}/${verb}`;
        const experiment = await new ApiClient(serverAddress()).post<Experiment>(path);
        process.stdout.write(
          options.json ? jsonLine(experiment) : `experiment ${experiment.id} is ${experiment.status}\n`,
        );
      });
  }
}
