import type { Experiment } from '../api/types.ts';

export type PlacedAxis = {
  readonly name: string;
  /** 0 (bottom) to 1 (top); null where a run has no value */
  readonly place: (run: Experiment) => number | null;
};

/** What is chosen of an axis, 0 (bottom) to 1 (top). */
export type PlaceRange = readonly [low: number, high: number];
export type Brushes = Readonly<Record<string, PlaceRange>>;

/** Of an axis: who drags to its end means what is there. */
const tolerance = 0.01;

/** Whether a run lies within what is chosen on each axis. */
export function isWithin(axes: readonly PlacedAxis[], brushes: Brushes, run: Experiment): boolean {
  return axes.every(({ name, place }) => {
    const range = brushes[name];
    if (range === undefined) return true;
    const value = place(run);
    return value !== null && value >= range[0] - tolerance && value <= range[1] + tolerance;
  });
}
