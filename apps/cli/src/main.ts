import { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { addControlCommands } from './commands/control.ts';
import { addDatasetsCommand } from './commands/datasets.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEmbedCommand } from './commands/embed.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addLookingCommands } from './commands/experiments.ts';
import { addSweepCommand } from './commands/sweep.ts';
import { addTrainCommand } from './commands/train.ts';
import { addUpCommands } from './commands/up.ts';

const program = new Command('spherelab')
  .description('deep-metric-learning experiments with the Spherical Embedding Constraint')
  .version('0.1.0')
  .showHelpAfterError('(add --help for the flags)');

addUpCommands(program);
addTrainCommand(program);
addSweepCommand(program);
addLookingCommands(program);
addControlCommands(program);
addEvaluateCommand(program);
addEmbedCommand(program);
addDatasetsCommand(program);
addDoctorCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const hint = error instanceof CliError ? error.hint : null;
  const message = error instanceof CliError || 'code' in error ? error.message : (error.stack ?? error.message);
  process.stderr.write(`spherelab: ${message}\n${hint === null ? '' : `  -> ${hint}\n`}`);
  process.exitCode = 1;
}
