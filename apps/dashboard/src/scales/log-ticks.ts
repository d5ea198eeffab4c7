/** Most ticks that an axis has room for. */
const most = 6;

/** Ticks of a logarithmic axis from `low` above 0 to `high`: decades, and 2 and 5 times them where there are less than three. */
export function logTicks(low: number, high: number): number[] {
  const powers = Array.from(
    { length: Math.floor(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, at) => Math.floor(Math.log10(low)) + at,
  );
  const between = (factors: readonly number[]) =>
    powers
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((tick) => tick >= low && tick <= high);
  const decades = between([1]);
  if (decades.length < 3) return between([1, 2, 5]);
  const step = Math.ceil(decades.length / most);
  return decades.filter((_, at) => at % step === 0);
}
