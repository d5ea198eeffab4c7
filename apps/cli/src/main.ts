import { forgetForeignVariables } from '@spherelab/host';
import { Command } from 'commander';
import { addCleanCommand } from './commands/clean.ts';
import { addControlCommands } from './commands/control.ts';
import { addDatasetsCommand } from './commands/datasets.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEmbedCommand } from './commands/embed.ts';
import { addEvaluateCommand } from './commands/evaluate.ts';
import { addLookingCommands } from './commands/experiments.ts';
import { addExportCommand } from './commands/export.ts';
import { addGrowSweepCommands } from './commands/grow-sweep.ts';
import { addLoginCommand } from './commands/login.ts';
import { addReportCommand } from './commands/report.ts';
import { addReproduceCommand } from './commands/reproduce.ts';
import { addStudyCommands } from './commands/study.ts';
import { addSweepCommand } from './commands/sweep.ts';
import { addTrainCommand } from './commands/train.ts';
import { addKeysCommand, addUpCommands } from './commands/up.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { addWeightsCommand } from './commands/weights.ts';
import { addServerFlags } from './flags/server-flags.ts';
import { endWhenReaderIsGone } from './output/reader-gone.ts';
import { terminalText } from './output/terminal-text.ts';

forgetForeignVariables(process.env);
endWhenReaderIsGone();
const program = new Command('spherelab')
  .description('deep-metric-learning experiments with the Spherical Embedding Constraint')
  .version('0.1.0')
  .showHelpAfterError('(add --help for the flags)');

addUpCommands(program);
addKeysCommand(program);
addLoginCommand(program);
addTrainCommand(program);
addSweepCommand(program);
addGrowSweepCommands(program);
addStudyCommands(program);
addReproduceCommand(program);
addReportCommand(program);
addLookingCommands(program);
addControlCommands(program);
addVerifyCommand(program);
addEvaluateCommand(program);
addEmbedCommand(program);
addExportCommand(program);
addWeightsCommand(program);
addDatasetsCommand(program);
addDoctorCommand(program);
addCleanCommand(program);

addServerFlags(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  // Errors with a hint or a code say what a person can do; any other is ours, and its stack helps to find it.
  const hint = 'hint' in error && typeof error.hint === 'string' ? `  -> ${terminalText(error.hint)}\n` : '';
  const isForPeople = 'hint' in error || 'code' in error;
  const said = isForPeople ? error.message : (error.stack ?? error.message);
  process.stderr.write(`spherelab: ${terminalText(said)}\n${hint}`);
  process.exitCode = 1;
}
