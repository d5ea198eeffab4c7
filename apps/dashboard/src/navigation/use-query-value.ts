import { useCallback } from 'react';
import { currentPath } from './base-path.ts';
import { navigate, useAddress } from './use-address.ts';

/**
 * A value of the view that lives in the address, so that a link shows the same view. What equals the default is left out.
 */
export function useQueryValue(name: string, initial = ''): readonly [string, (value: string) => void] {
  const { query } = useAddress();
  const set = useCallback(
    (value: string) => setQueryValues({ [name]: value === initial ? '' : value }),
    [name, initial],
  );
  return [query.get(name) ?? initial, set];
}

/** Sets several values at once; an empty one is left out of the address. */
export function setQueryValues(values: Readonly<Record<string, string>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === '') query.delete(name);
    else query.set(name, value);
  }
  navigate(query.size > 0 ? `${currentPath()}?${query}` : currentPath(), { replace: true });
}
