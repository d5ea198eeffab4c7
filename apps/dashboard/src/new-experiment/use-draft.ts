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

/** Values of fields that are combined: each combination is a run of its own. */
export type Grid = Readonly<Record<string, readonly unknown[]>>;

/** What the request combines; empty for a single experiment. It lives in the address as the draft does. */
export function useGrid(): readonly [Grid, (grid: Grid) => void] {
  const [text, setText] = useQueryValue('grid', '{}');
  const set = useCallback((grid: Grid) => setText(JSON.stringify(grid)), [setText]);
  const grid = Object.entries(readDraft(text) ?? {}).filter((entry): entry is [string, unknown[]] =>
    Array.isArray(entry[1]),
  );
  return [Object.fromEntries(grid), set];
}

/** The first combination of a grid. */
export function firstOf(grid: Grid): Draft {
  return Object.fromEntries(
    Object.entries(grid).flatMap(([field, [value]]) => (value === undefined ? [] : [[field, value]])),
  );
}

/** Runs that a grid makes. */
export function cellsOf(grid: Grid): number {
  return Object.values(grid).reduce((product, values) => product * values.length, 1);
}

function readDraft(text: string): Draft | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Draft) : null;
  } catch {
    return null;
  }
}
