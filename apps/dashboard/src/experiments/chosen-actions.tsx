import { useState } from 'react';
import { post } from '../api/client.ts';
import type { Experiment } from '../api/types.ts';
import { ConfirmButton } from '../experiment/confirm-button.tsx';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { experimentLine } from '../words/experiment-title.ts';
import { TagButton } from './tag-button.tsx';

type Act = 'cancel' | 'retry' | 'delete';

const allowed: Readonly<Record<Act, readonly Experiment['status'][]>> = {
  cancel: ['queued', 'running', 'paused'],
  retry: ['failed', 'cancelled'],
  delete: ['succeeded', 'failed', 'cancelled', 'paused', 'queued'],
};
const questions: Readonly<Record<Act, string>> = {
  cancel: 'Stop them for good? What they measured stays.',
  retry: 'Queue them again?',
  delete: 'Delete them with all that they measured and saved? This cannot be undone.',
};
/** Runs in one request. */
const atOnce = 500;

/** What can be done with the rows that are ticked; each act says how many of them it is for. */
export function ChosenActions(props: { readonly chosen: readonly Experiment[]; readonly onDone: () => void }) {
  const { chosen, onDone } = props;
  const [problems, setProblems] = useState<readonly string[]>([]);
  if (chosen.length === 0) return null;
  const run = async (action: Act | 'tag' | 'untag', runs: readonly Experiment[], tags?: readonly string[]) => {
    const ids = runs.map(({ id }) => id);
    const said: string[] = [];
    try {
      for (let at = 0; at < ids.length; at += atOnce) {
        const some = ids.slice(at, at + atOnce);
        const { unchanged } = await post('/experiments/bulk', {
          body: { action, ids: some, ...(tags && { tags: [...tags] }) },
        });
        said.push(...unchanged.map(({ id, reason }) => `${lineOf(runs, id)}: ${reason}`));
      }
    } catch (error) {
      said.push((error as Error).message);
    }
    setProblems(said);
    onDone();
  };
  return (
    <>
      <Link className="button" href={addresses.compare(chosen.map(({ id }) => id))}>
        Compare {chosen.length}
      </Link>
      <TagButton
        count={chosen.length}
        known={[...new Set(chosen.flatMap(({ tags }) => tags))]}
        onTag={(action, tag) => void run(action, chosen, [tag])}
      />
      {(['cancel', 'retry', 'delete'] as const).map((act) => {
        const runs = chosen.filter(({ status }) => allowed[act].includes(status));
        if (runs.length === 0) return null;
        return (
          <ConfirmButton
            key={act}
            text={`${act[0]?.toUpperCase()}${act.slice(1)} ${runs.length}`}
            question={questions[act]}
            onConfirm={() => void run(act, runs)}
          />
        );
      })}
      {problems.map((problem) => (
        <span key={problem} className="note error" role="alert">
          {problem}
        </span>
      ))}
    </>
  );
}

function lineOf(runs: readonly Experiment[], id: string): string {
  const run = runs.find((one) => one.id === id);
  return run === undefined ? id : experimentLine(run);
}
