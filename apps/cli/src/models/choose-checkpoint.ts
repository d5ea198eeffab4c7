import { CliError } from '../cli-error.ts';
import type { Checkpoint } from '../server/api-types.ts';

/**
 * The checkpoint that a user names: `latest` is the one with the most updates, as the reference's test script takes it;
 * a number is a count of updates.
 * @throws CliError that lists what there is
 */
export function chooseCheckpoint(checkpoints: readonly Checkpoint[], wanted: string): Checkpoint {
  const newestFirst = [...checkpoints].sort((a, b) => b.step - a.step);
  const found =
    wanted === 'latest'
      ? newestFirst[0]
      : newestFirst.find(({ kind, step }) => kind === wanted || String(step) === wanted);
  if (found !== undefined) return found;
  if (checkpoints.length === 0) throw new CliError('the experiment has no checkpoint yet');
  const present = newestFirst.map(({ kind, step }) => `${step} (${kind})`).join(', ');
  throw new CliError(
    `--checkpoint ${wanted}: write latest, best, final or a number of updates`,
    `there are ${present}`,
  );
}
