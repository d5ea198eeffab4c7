import { forgetForeignVariables } from '@spherelab/host';
import { endWhenReaderIsGone } from './output/reader-gone.ts';
import { terminalText } from './output/terminal-text.ts';
import { spherelabProgram } from './program.ts';

forgetForeignVariables(process.env);
endWhenReaderIsGone();

try {
  await spherelabProgram().parseAsync();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  // Errors with a hint or a code say what a person can do; any other is ours, and its stack helps to find it.
  const hint = 'hint' in error && typeof error.hint === 'string' ? `  -> ${terminalText(error.hint)}\n` : '';
  const isForPeople = 'hint' in error || 'code' in error;
  const said = isForPeople ? error.message : (error.stack ?? error.message);
  process.stderr.write(`spherelab: ${terminalText(said)}\n${hint}`);
  process.exitCode = 1;
}
