import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const storageKey = 'spherelab-theme';
const changed = new EventTarget();
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

function chosenTheme(): Theme | null {
  const value = localStorage.getItem(storageKey);
  return value === 'light' || value === 'dark' ? value : null;
}

function currentTheme(): Theme {
  return chosenTheme() ?? (prefersDark.matches ? 'dark' : 'light');
}

/** Puts the theme on the document; called once before the first paint and at each change. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = currentTheme();
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(storageKey, theme);
  applyTheme();
  changed.dispatchEvent(new Event('change'));
}

function subscribe(onChange: () => void): () => void {
  const follow = () => {
    applyTheme();
    onChange();
  };
  changed.addEventListener('change', follow);
  prefersDark.addEventListener('change', follow);
  return () => {
    changed.removeEventListener('change', follow);
    prefersDark.removeEventListener('change', follow);
  };
}

/** The theme that is shown: chosen by hand, or the system's. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}
