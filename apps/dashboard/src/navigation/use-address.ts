import { useSyncExternalStore } from 'react';
import { currentPath, served } from './base-path.ts';

/** Where the page is; all that a view shows follows from it. */
export type Address = { readonly path: string; readonly query: URLSearchParams };

const changed = new EventTarget();

/** Goes to an address of this page. `replace` leaves no step for the browser's back button. */
export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (to === currentPath() + location.search) return;
  if (replace) history.replaceState(null, '', served(to));
  else {
    history.pushState(null, '', served(to));
    scrollTo(0, 0);
  }
  changed.dispatchEvent(new Event('change'));
}

function subscribe(onChange: () => void): () => void {
  changed.addEventListener('change', onChange);
  addEventListener('popstate', onChange);
  return () => {
    changed.removeEventListener('change', onChange);
    removeEventListener('popstate', onChange);
  };
}

export function useAddress(): Address {
  const text = useSyncExternalStore(subscribe, () => currentPath() + location.search);
  const [path = '/', search = ''] = text.split('?');
  return { path, query: new URLSearchParams(search) };
}
