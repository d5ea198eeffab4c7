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
import { addListCommand } from './commands/list.ts';
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
import { quietEngine } from './quiet-engine.ts';

/** Every command with its flags. */
export function spherelabProgram(): Command {
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
  addListCommand(program);
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
  quietEngine(program);
  return program;
}
