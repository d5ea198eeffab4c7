import { useRef } from 'react';

/** A button whose deed cannot be undone: it asks first. */
export function ConfirmButton(props: {
  readonly text: string;
  readonly question: string;
  readonly onConfirm: () => void;
  readonly disabled?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" className="danger" disabled={props.disabled} onClick={() => dialog.current?.showModal()}>
        {props.text}
      </button>
      <dialog ref={dialog} aria-label={props.text}>
        <p>{props.question}</p>
        <div className="bar">
          <button type="button" onClick={() => dialog.current?.close()}>
            Keep it
          </button>
          <button
            type="button"
            className="danger"
            onClick={() => {
              dialog.current?.close();
              props.onConfirm();
            }}
          >
            {props.text}
          </button>
        </div>
      </dialog>
    </>
  );
}
