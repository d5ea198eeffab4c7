import { useState } from 'react';
import { post } from '../api/client.ts';
import type { Sweep } from '../api/types.ts';
import { ConfirmButton } from '../experiment/confirm-button.tsx';
import { ErrorNote } from '../parts/notes.tsx';

/** What can be done with the runs of a sweep, by the states that they are in; the API has the last word. */
export function SweepActions({ sweep, onChanged }: { readonly sweep: Sweep; readonly onChanged: () => void }) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const act = async (verb: 'pause' | 'resume' | 'retry' | 'cancel') => {
    setBusy(true);
    setError(null);
    try {
      await post(`/sweeps/{id}/${verb}`, { path: { id: sweep.id } });
      onChanged();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const { queued = 0, running = 0, paused = 0, failed = 0 } = sweep.counts;
  const deeds = [
    ['pause', `Pause ${queued + running}`, queued + running],
    ['resume', `Resume ${paused}`, paused],
    ['retry', `Retry ${failed} failed`, failed],
  ] as const;
  return (
    <>
      {deeds
        .filter(([, , count]) => count > 0)
        .map(([verb, text]) => (
          <button key={verb} type="button" disabled={isBusy} onClick={() => void act(verb)}>
            {text}
          </button>
        ))}
      {queued + running + paused > 0 && (
        <ConfirmButton
          text="Cancel sweep"
          question="Cancel every run of this sweep that has not ended?"
          disabled={isBusy}
          onConfirm={() => void act('cancel')}
        />
      )}
      {error !== null && <ErrorNote error={error} />}
    </>
  );
}
