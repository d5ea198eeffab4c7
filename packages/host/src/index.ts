export { cacheFolder } from './cache-folder.ts';
export { forgetForeignVariables } from './forget-foreign-variables.ts';
export { type LeftoverFile, leftoverFiles, removeLeftoverFiles, workFolderPrefix } from './leftover-files.ts';
export { localRetention } from './local-retention.ts';
export { pipEnvironment } from './pip-environment.ts';
export {
  isPidAlive,
  isProcessAlive,
  ownIdentity,
  type ProcessIdentity,
  pidOf,
  processIdentity,
  processStartMs,
} from './process-identity.ts';
export { type CommandResult, lastLines, runCommand } from './run-command.ts';
export { StartUpLineFilter, withoutStartUpLines } from './start-up-lines.ts';
export { passOn, type StopSignals, stopSignals } from './stop-signals.ts';
export { growMemory, type InstanceMemory, webAssembly } from './web-assembly.ts';
export { withPassword } from './with-password.ts';
