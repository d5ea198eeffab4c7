import type { ReactNode } from 'react';
import { errorText } from '../api/problem-error.ts';

/** What stands where there is nothing yet. */
export function EmptyNote({ children }: { readonly children: ReactNode }) {
  return <div className="note">{children}</div>;
}

export function LoadingNote({ what }: { readonly what: string }) {
  return (
    <div className="note" role="status">
      Loading {what}…
    </div>
  );
}

export function ErrorNote({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  return (
    <div className="note error" role="alert">
      {errorText(error)}{' '}
      {retry && (
        <button type="button" className="link-button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
