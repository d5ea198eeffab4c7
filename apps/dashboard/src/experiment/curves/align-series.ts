import type { Point } from '../../api/types.ts';

/** Steps of all series in order, and for each series a value at every one of them; null where it has none. */
export function alignSeries(series: readonly (readonly Point[])[]): [number[], ...(number | null)[][]] {
  const steps = [...new Set(series.flatMap((points) => points.map(([step]) => step)))].sort((a, b) => a - b);
  const place = new Map(steps.map((step, index) => [step, index]));
  const columns = series.map((points) => {
    const column = steps.map((): number | null => null);
    for (const [step, value] of points) column[place.get(step) as number] = value;
    return column;
  });
  return [steps, ...columns];
}
