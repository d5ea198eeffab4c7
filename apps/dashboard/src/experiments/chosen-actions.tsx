import { useState } from 'react';
import { post, remove } from '../api/client.ts';
import type { Experiment } from '../api/types.ts';
import { ConfirmButton } from '../experiment/confirm-button.tsx';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { experimentLine } from '../words/experiment-title.ts';

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

/** What can be done with the rows that are ticked; each act says how many of them it is for. */
export function ChosenActions(props: { readonly chosen: readonly Experiment[]; readonly onDone: () => void }) {
  const { chosen, onDone } = props;
  const [problems, setProblems] = useState<readonly string[]>([]);
  if (chosen.length === 0) return null;
  const run = async (act: Act, runs: readonly Experiment[]) => {
    const answers = await Promise.allSettled(runs.map(({ id }) => actOn(act, id)));
    setProblems(
      answers.flatMap((answer, at) =>
        answer.status === 'fulfilled'
          ? []
          : [`${experimentLine(runs[at] as Experiment)}: ${String(answer.reason.message)}`],
      ),
    );
    onDone();
  };
  return (
    <>
      <Link className="button" href={addresses.compare(chosen.map(({ id }) => id))}>
        Compare {chosen.length}
      </Link>
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

async function actOn(act: Act, id: string): Promise<void> {
  if (act === 'delete') await remove('/experiments/{id}', { path: { id } });
  else await post(`/experiments/{id}/${act}`, { path: { id } });
}
