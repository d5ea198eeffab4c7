import type { Theme } from '../theme/use-theme.ts';

/** Background and text of a cell. */
export type HeatColour = { readonly background: string; readonly color: string };

/**
 * Colour of a value between the lowest and highest shown. One hue from pale to deep, never so deep that the text
 * loses its contrast (5:1 at least); the number stands in the cell, so nothing hangs on the colour alone.
 * @param share 0 (worst) to 1 (best)
 */
export function heatColour(share: number, theme: Theme): HeatColour {
  const bounded = Math.min(1, Math.max(0, share));
  if (theme === 'dark') {
    return { background: `hsl(184 ${22 + 26 * bounded}% ${15 + 15 * bounded}%)`, color: '#f4f8f8' };
  }
  return { background: `hsl(184 ${30 + 22 * bounded}% ${95 - 45 * bounded}%)`, color: '#0c1d20' };
}
