import { useRef, useState } from 'react';

/** Adds a tag to the runs that are chosen, or takes one away. */
export function TagButton(props: {
  readonly count: number;
  /** tags that some of them have */
  readonly known: readonly string[];
  readonly onTag: (action: 'tag' | 'untag', tag: string) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [tag, setTag] = useState('');
  const name = tag.trim();
  const run = (action: 'tag' | 'untag', which: string) => {
    dialog.current?.close();
    setTag('');
    props.onTag(action, which);
  };
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Tag {props.count}
      </button>
      <dialog ref={dialog} aria-label={`Tag ${props.count} runs`}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name !== '') run('tag', name);
          }}
        >
          <label>
            New tag <input value={tag} maxLength={50} onChange={(event) => setTag(event.target.value)} />
          </label>
          <div className="bar">
            <button type="button" onClick={() => dialog.current?.close()}>
              Close
            </button>
            <button type="submit" className="primary" disabled={name === ''}>
              Add tag
            </button>
          </div>
        </form>
        {props.known.length > 0 && (
          <div className="bar">
            {props.known.map((one) => (
              <button type="button" key={one} onClick={() => run('untag', one)}>
                Remove {one}
              </button>
            ))}
          </div>
        )}
      </dialog>
    </>
  );
}
