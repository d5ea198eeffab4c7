import { type FormEvent, type ReactNode, useState } from 'react';
import { get, post } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { ErrorNote } from '../parts/notes.tsx';

/** Shows the page to whoever has a key, once one is needed; asks others for theirs. */
export function LoginGate({ children }: { readonly children: ReactNode }) {
  const session = useResource('session', (signal) => get('/session', { signal }));
  if (session.data === null && session.error === null) return null;
  // A server that is away is told by each view, which tries again.
  if (session.data === null || !session.data.key_needed || session.data.name !== null) return children;
  return <LoginForm onDone={session.reload} />;
}

function LoginForm({ onDone }: { readonly onDone: () => void }) {
  const [key, setKey] = useState('');
  const [error, setError] = useState<unknown>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    post('/session', { body: { key: key.trim() } }).then(onDone, setError);
  };
  return (
    <main id="main">
      <section className="panel" style={{ maxWidth: 480, margin: '80px auto' }}>
        <div className="panel-head">
          <h1>Spherelab</h1>
        </div>
        <form className="panel-body" onSubmit={submit}>
          <p>
            This server needs a key. Whoever runs it makes one with{' '}
            <code className="mono">npx spherelab keys create NAME</code>.
          </p>
          <p className="bar">
            <label htmlFor="key">Key</label>
            <input
              id="key"
              type="password"
              autoComplete="current-password"
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
            <button type="submit" className="button primary" disabled={key.trim() === ''}>
              Log in
            </button>
          </p>
          {error !== null && <ErrorNote error={error} />}
        </form>
      </section>
    </main>
  );
}
