import type { Theme } from '../../theme/use-theme.ts';

/** Degrees between the hues of classes that follow each other: the golden angle keeps any number of them apart. */
const goldenAngle = 137.508;

/** A colour for a class; with many classes neighbours in hue differ in lightness. */
export function classColour(label: number, theme: Theme): string {
  const hue = (label * goldenAngle) % 360;
  const lightness = theme === 'dark' ? [62, 74][label % 2] : [38, 52][label % 2];
  return `hsl(${hue.toFixed(0)} 62% ${lightness}%)`;
}
