import { useCallback, useEffect, useRef, useState } from 'react';

/** Something read from the API. While it is read again the old value stays. */
export type Resource<T> = {
  readonly data: T | null;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly reload: () => void;
};

const retryAfterMs = 2_000;

/**
 * Reads something whenever `key` changes; null reads nothing. Where the server is away it tries again by itself.
 * @param everyMs reads again so often
 */
export function useResource<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  everyMs?: number,
): Resource<T> {
  const [state, setState] = useState<{ key: string | null; data: T | null; error: unknown; isLoading: boolean }>({
    key: null,
    data: null,
    error: null,
    isLoading: key !== null,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => setRound((value) => value + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round reads the same key again
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    setState((old) =>
      old.key === key ? { ...old, isLoading: true } : { key, data: null, error: null, isLoading: true },
    );
    latest.current(abort.signal).then(
      (data) => {
        if (abort.signal.aborted) return;
        setState({ key, data, error: null, isLoading: false });
        if (everyMs !== undefined) timer = setTimeout(reload, everyMs);
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setState((old) => ({ ...old, error, isLoading: false }));
        if (error instanceof TypeError) timer = setTimeout(reload, retryAfterMs);
      },
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key, round, everyMs, reload]);

  const isCurrent = state.key === key;
  return {
    data: isCurrent ? state.data : null,
    error: isCurrent ? state.error : null,
    isLoading: key !== null && (state.isLoading || !isCurrent),
    reload,
  };
}
