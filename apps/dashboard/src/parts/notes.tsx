import type { ReactNode } from 'react';
import { errorText } from '../api/problem-error.ts';
import type { Resource } from '../api/use-resource.ts';

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

/**
 * What stands for something that is read from the API while it is not there, and above it when it could not be read again;
 * nothing else. @param otherwise where nothing is being read
 */
export function PendingNote(props: {
  readonly resource: Resource<unknown>;
  readonly what: string;
  readonly otherwise?: string;
}) {
  const { resource, what, otherwise } = props;
  if (resource.error !== null) return <ErrorNote error={resource.error} retry={resource.reload} />;
  if (resource.data !== null) return null;
  return otherwise === undefined || resource.isLoading ? (
    <LoadingNote what={what} />
  ) : (
    <EmptyNote>{otherwise}</EmptyNote>
  );
}

/** For a list in which nothing is yet, with the command that makes the first. */
export function NothingYet({ what, command }: { readonly what: string; readonly command: string }) {
  return (
    <EmptyNote>
      <p>There is no {what} yet.</p>
      <p className="small">
        From a terminal: <code className="mono">{command}</code>
      </p>
    </EmptyNote>
  );
}
