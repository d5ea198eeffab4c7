import { useState } from 'react';
import { post, remove } from '../api/client.ts';
import type { Experiment } from '../api/types.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { navigate } from '../navigation/use-address.ts';
import { ErrorNote } from '../parts/notes.tsx';
import { ConfirmButton } from './confirm-button.tsx';

/** What can be done with an experiment in the state it is in; the API has the last word. */
export function ExperimentActions({ experiment }: { readonly experiment: Experiment }) {
  const { id, status, stop_requested: stopping } = experiment;
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const act = async (deed: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await deed();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const input = { path: { id } };
  const isOpen = status === 'queued' || status === 'running' || status === 'paused';
  return (
    <>
      {(status === 'running' || status === 'queued') && (
        <button
          type="button"
          disabled={isBusy || stopping !== null}
          onClick={() => act(() => post('/experiments/{id}/pause', input))}
        >
          Pause
        </button>
      )}
      {status === 'paused' && (
        <button type="button" disabled={isBusy} onClick={() => act(() => post('/experiments/{id}/resume', input))}>
          Resume
        </button>
      )}
      {(status === 'failed' || status === 'cancelled') && (
        <button type="button" disabled={isBusy} onClick={() => act(() => post('/experiments/{id}/retry', input))}>
          Retry
        </button>
      )}
      <Link className="button" href={addresses.duplicate(id)}>
        Duplicate
      </Link>
      {isOpen && (
        <ConfirmButton
          text="Cancel run"
          question="Cancel this run? It stops within one step; what was measured stays."
          disabled={isBusy || stopping === 'cancel'}
          onConfirm={() => act(() => post('/experiments/{id}/cancel', input))}
        />
      )}
      {status !== 'running' && (
        <ConfirmButton
          text="Delete"
          question="Delete this experiment with its metrics, checkpoints and logs? This cannot be undone."
          disabled={isBusy}
          onConfirm={() =>
            act(async () => {
              await remove('/experiments/{id}', input);
              navigate(addresses.experiments);
            })
          }
        />
      )}
      {error !== null && <ErrorNote error={error} />}
    </>
  );
}
