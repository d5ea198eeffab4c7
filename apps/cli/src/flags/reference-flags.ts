import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';

/** A flag of the reference's command line that is no field of an experiment. */
type ReferenceFlag = {
  readonly flag: string;
  readonly description: string;
  /** What to tell a user who gave it; throws CliError where ignoring it would change a number. */
  readonly noteFor: (text: string) => string | null;
};

const isOff = (text: string) => ['0', 'false', ''].includes(text.toLowerCase());

/** config.py:41, 96, 98 and 103. */
const referenceFlags: readonly ReferenceFlag[] = [
  {
    flag: 'num_workers',
    description: 'taken and ignored: pictures are decoded by threads that change no pixel',
    noteFor: (text) => `--num_workers ${text} has no effect: the number of threads that decode changes no pixel`,
  },
  {
    flag: 'start_eval',
    description: 'taken and ignored: the untrained network is always evaluated',
    noteFor: (text) =>
      isOff(text)
        ? `--start_eval ${text} has no effect: the untrained network is always evaluated, at step 0`
        : '--start_eval has no effect: the untrained network is always evaluated first, at step 0',
  },
  {
    flag: 'start_step',
    description: 'only 0; an interrupted run resumes by itself',
    noteFor: (text) => {
      if (text.trim() !== '' && Number(text) === 0) return null;
      throw new CliError(
        `--start_step ${text}: only 0 is taken; it would shift the schedule of learning rates`,
        'a paused or failed run resumes from its checkpoint with `spherelab resume ID` or `spherelab retry ID`',
      );
    },
  },
  {
    flag: 'use_simple_aug',
    description: 'only false; the augmentation is that of the published runs',
    noteFor: (text) => {
      if (isOff(text)) return null;
      throw new CliError(
        '--use_simple_aug: another augmentation would change every number, and only the published one is built',
        'leave the flag out',
      );
    },
  },
];

/** Adds the flags of the reference that are no field of an experiment; a bare flag means true. */
export function addReferenceFlags(command: Command): Command {
  for (const { flag, description } of referenceFlags) command.option(`--${flag} [value]`, description);
  return command;
}

/**
 * One line for each given flag that has no effect here.
 * @throws CliError for a flag that would change a number
 */
export function notesOnReferenceFlags(options: Readonly<Record<string, unknown>>): string[] {
  return referenceFlags.flatMap(({ flag, noteFor }) => {
    const given = options[flag];
    if (typeof given !== 'string' && given !== true) return [];
    const note = noteFor(given === true ? 'true' : given);
    return note === null ? [] : [note];
  });
}
