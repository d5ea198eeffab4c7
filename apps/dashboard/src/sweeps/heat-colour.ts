import type { Theme } from '../theme/use-theme.ts';

/** Background and text of a cell. */
export type HeatColour = { readonly background: string; readonly color: string };

/**
 * Colour of a value between the lowest and highest shown. One hue from pale to deep, with text that keeps its contrast;
 * the number stands in the cell, so nothing hangs on the colour alone.
 * @param share 0 (worst) to 1 (best)
 */
export function heatColour(share: number, theme: Theme): HeatColour {
  const bounded = Math.min(1, Math.max(0, share));
  if (theme === 'dark') {
    return { background: `hsl(184 ${24 + 26 * bounded}% ${15 + 17 * bounded}%)`, color: '#f1f6f6' };
  }
  const lightness = 95 - 63 * bounded;
  return {
    background: `hsl(184 ${30 + 30 * bounded}% ${lightness}%)`,
    color: lightness < 56 ? '#ffffff' : '#13272a',
  };
}
