import { useCallback, useEffect } from 'react';
import { get } from '../api/client.ts';
import { setQueryValues, useQueryValue } from '../navigation/use-query-value.ts';

/** Fields that a user gave. */
export type Draft = Readonly<Record<string, unknown>>;

const firstDraft: Draft = { dataset: 'shapes', loss: 'triplet' };

/** The request that is being written. It lives in the address: reloading, going back and sending the link keep it. */
export function useDraft(): readonly [Draft, (draft: Draft) => void] {
  const [text] = useQueryValue('request');
  const [from] = useQueryValue('from');
  useEffect(() => {
    if (from === '') return;
    const abort = new AbortController();
    get('/experiments/{id}', { path: { id: from }, signal: abort.signal }).then(
      ({ config, sources }) => {
        const given = Object.entries(config).filter(([field]) => sources[field] === 'user');
        setQueryValues({ from: '', request: JSON.stringify(Object.fromEntries(given)) });
      },
      () => undefined,
    );
    return () => abort.abort();
  }, [from]);
  const set = useCallback((draft: Draft) => setQueryValues({ request: JSON.stringify(draft) }), []);
  return [readDraft(text) ?? firstDraft, set];
}

function readDraft(text: string): Draft | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Draft) : null;
  } catch {
    return null;
  }
}
