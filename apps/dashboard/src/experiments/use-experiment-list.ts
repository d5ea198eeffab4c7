import { useCallback, useEffect, useRef, useState } from 'react';
import { get, type Input } from '../api/client.ts';
import { openEventStream, type StreamState } from '../api/open-event-stream.ts';
import type { Experiment } from '../api/types.ts';

export type ExperimentQuery = NonNullable<Input<'/experiments', 'get'>['query']>;

export type ExperimentList = {
  readonly items: readonly Experiment[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly stream: StreamState;
  readonly loadMore: () => void;
  readonly reload: () => void;
};

const pageSize = 200;
/** What is new is looked for at most so often: a sweep posts hundreds at once, and others than those listed change too. */
const refreshAfterMs = 1_000;

type Loaded = { items: Experiment[]; cursor: string | null; isLoading: boolean; error: unknown };
const nothing: Loaded = { items: [], cursor: null, isLoading: true, error: null };

/** The experiments that a query finds, page by page as they are scrolled to, kept up to date by the stream of changes. */
export function useExperimentList(query: ExperimentQuery): ExperimentList {
  const key = JSON.stringify(query);
  const [loaded, setLoaded] = useState<Loaded>(nothing);
  const [stream, setStream] = useState<StreamState>('connecting');
  const known = useRef(new Set<string>());
  known.current = new Set(loaded.items.map(({ id }) => id));
  const request = useRef<AbortController | null>(null);
  const isReading = useRef(false);
  isReading.current = loaded.isLoading;

  const read = useCallback(
    async (cursor: string | null) => {
      request.current?.abort();
      const abort = new AbortController();
      request.current = abort;
      setLoaded((old) => ({ ...old, isLoading: true }));
      try {
        const page = await get('/experiments', {
          query: { ...(JSON.parse(key) as ExperimentQuery), limit: pageSize, ...(cursor === null ? {} : { cursor }) },
          signal: abort.signal,
        });
        setLoaded((old) => merge(old, page, cursor));
      } catch (error) {
        if (!abort.signal.aborted) setLoaded((old) => ({ ...old, isLoading: false, error }));
      }
    },
    [key],
  );

  useEffect(() => {
    setLoaded(nothing);
    void read(null);
    return () => request.current?.abort();
  }, [read]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        // What is being read is waited for, so that scrolling gets its rows however much changes.
        if (isReading.current) refresh();
        else void read(null);
      }, refreshAfterMs);
    };
    const close = openEventStream({
      address: () => '/events',
      onState: setStream,
      on: {
        hello: refresh,
        experiment: (changed: Experiment) => {
          if (known.current.has(changed.id)) setLoaded((old) => ({ ...old, items: replaced(old.items, changed) }));
          else refresh();
        },
      },
    });
    return () => {
      clearTimeout(timer);
      close();
    };
  }, [read]);

  const { items, cursor, isLoading, error } = loaded;
  const loadMore = useCallback(() => {
    if (!isLoading && cursor !== null) void read(cursor);
  }, [cursor, isLoading, read]);
  const reload = useCallback(() => void read(null), [read]);
  return { items, hasMore: cursor !== null, isLoading, error, stream, loadMore, reload };
}

function replaced(items: Experiment[], changed: Experiment): Experiment[] {
  return items.map((item) => (item.id === changed.id ? changed : item));
}

type Page = { readonly items: Experiment[]; readonly next_cursor: string | null };

/** The first page read again stands before what was scrolled to; what it names already moves up. */
function merge(old: Loaded, page: Page, cursor: string | null): Loaded {
  const done = { isLoading: false, error: null };
  const fresh = new Set(page.items.map(({ id }) => id));
  if (cursor !== null) {
    return {
      ...done,
      items: [...old.items.filter(({ id }) => !fresh.has(id)), ...page.items],
      cursor: page.next_cursor,
    };
  }
  // Everything fits on one page, or nothing more was loaded yet: what is not on it is gone.
  if (page.next_cursor === null || old.items.length <= pageSize) {
    return { ...done, items: page.items, cursor: page.next_cursor };
  }
  const rest = old.items.slice(pageSize).filter(({ id }) => !fresh.has(id));
  return { ...done, items: [...page.items, ...rest], cursor: old.cursor };
}
