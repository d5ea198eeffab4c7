import type { Experiment } from '../api/types.ts';
import { axisText } from '../scales/axis-text.ts';
import { logTicks } from '../scales/log-ticks.ts';
import { ticksBetween } from '../scales/ticks-between.ts';
import { lastMetric } from '../words/experiment-title.ts';
import { isInPercent } from '../words/metric-text.ts';
import { settingText, valuesInOrder } from './differing-fields.ts';

/** Where runs lie along a field of the config or a metric. */
export type ValueAxis = {
  /** 0 to 1; null for a run without a value */
  readonly place: (run: Experiment) => number | null;
  readonly ticks: readonly (readonly [text: string, place: number])[];
};

/** From this ratio of the largest to the smallest value on, an axis is logarithmic. */
const logFrom = 50;

/** Numbers by size, over several powers of ten by their logarithm; words at equal distances. */
export function valueAxis(runs: readonly Experiment[], name: string): ValueAxis {
  const numberIn = (run: Experiment) => numberOf(run, name);
  const values = runs.flatMap((run) => numberIn(run) ?? []);
  if (values.length === 0) return wordAxis(runs, name);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) return { place: (run) => (numberIn(run) === null ? null : 0.5), ticks: [[textOf(name, low), 0.5]] };
  const isLog = low > 0 && high / low >= logFrom;
  const scale = (value: number) => (isLog ? Math.log10(value) : value);
  const placeOf = (value: number) => (scale(value) - scale(low)) / (scale(high) - scale(low));
  const ticks = isLog ? logTicks(low, high) : ticksBetween(low, high);
  return {
    place: (run) => {
      const value = numberIn(run);
      return value === null ? null : placeOf(value);
    },
    ticks: ticks.map((tick) => [textOf(name, tick), placeOf(tick)]),
  };
}

function wordAxis(runs: readonly Experiment[], name: string): ValueAxis {
  const words = valuesInOrder(runs, name);
  const placeOf = (word: string) => (words.length === 1 ? 0.5 : words.indexOf(word) / (words.length - 1));
  return { place: (run) => placeOf(settingText(run, name)), ticks: words.map((word) => [word, placeOf(word)]) };
}

function numberOf(run: Experiment, name: string): number | null {
  const value = name in run.config ? run.config[name] : lastMetric(run, name);
  return typeof value === 'number' ? value : null;
}

function textOf(name: string, value: number): string {
  return axisText(isInPercent(name) ? value * 100 : value);
}
