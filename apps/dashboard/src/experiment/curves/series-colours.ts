import type { Theme } from '../../theme/use-theme.ts';

/** Colours of lines: told apart by those who see no red or green, and with 3:1 against the panel in both themes. */
const colours: Readonly<Record<Theme, readonly string[]>> = {
  light: ['#135e66', '#c2571a', '#4a5fc1', '#a3356f', '#5d7a00', '#7a5195', '#8a6d00', '#4f6272'],
  dark: ['#5fc4c8', '#f0945a', '#93a5f5', '#ec86b6', '#aecb57', '#c19fdd', '#e0bd55', '#a9b8c4'],
};

/** The colour of the line at a place; they begin again after eight. */
export function seriesColour(theme: Theme, position: number): string {
  const list = colours[theme];
  return list[position % list.length] as string;
}

/** The colour of a value of a field by its place in order: of sec_wei, 0 is the plain run wherever SEC is drawn. */
export function fieldColour(theme: Theme, field: string, position: number): string {
  return seriesColour(theme, field === 'sec_wei' && position < 2 ? 1 - position : position);
}

/** Axes and grid of a chart. */
export const chartInk: Readonly<Record<Theme, { readonly text: string; readonly grid: string }>> = {
  light: { text: '#545c64', grid: '#ebeae5' },
  dark: { text: '#a3adb5', grid: '#2a3035' },
};
