import { useRef, useState } from 'react';
import { patch } from '../api/client.ts';
import type { Experiment } from '../api/types.ts';
import { ErrorNote } from '../parts/notes.tsx';

type Labels = { readonly name: string; readonly tags: string; readonly notes: string };

/** Renames, tags or annotates a run. */
export function LabelEditor({ experiment }: { readonly experiment: Experiment }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [labels, setLabels] = useState<Labels>(labelsOf(experiment));
  const [error, setError] = useState<unknown>(null);
  const open = () => {
    setLabels(labelsOf(experiment));
    setError(null);
    dialog.current?.showModal();
  };
  const save = async () => {
    const tags = labels.tags.split(',').map((tag) => tag.trim());
    const body = {
      name: textOrNull(labels.name),
      notes: textOrNull(labels.notes),
      tags: tags.filter((tag) => tag !== ''),
    };
    try {
      await patch('/experiments/{id}', { path: { id: experiment.id }, body });
      dialog.current?.close();
    } catch (problem) {
      setError(problem);
    }
  };
  const set = (change: Partial<Labels>) => setLabels((old) => ({ ...old, ...change }));
  return (
    <>
      <button type="button" onClick={open}>
        Edit
      </button>
      <dialog ref={dialog} aria-label="Name, tags and notes">
        <form
          className="label-form"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <label>
            Name
            <input value={labels.name} maxLength={200} onChange={(event) => set({ name: event.target.value })} />
          </label>
          <label>
            Tags, separated by commas
            <input value={labels.tags} onChange={(event) => set({ tags: event.target.value })} />
          </label>
          <label>
            Notes
            <textarea
              rows={6}
              value={labels.notes}
              maxLength={10_000}
              onChange={(event) => set({ notes: event.target.value })}
            />
          </label>
          {error !== null && <ErrorNote error={error} />}
          <div className="bar">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" className="primary">
              Save
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

function labelsOf({ name, tags, notes }: Experiment): Labels {
  return { name: name ?? '', tags: tags.join(', '), notes: notes ?? '' };
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
