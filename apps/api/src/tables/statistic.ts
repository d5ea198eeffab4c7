/** Mean and sample standard deviation (n - 1); sd is null for one value. */
export type Statistic = { readonly n: number; readonly mean: number; readonly sd: number | null };

/** Of at least one value; null for none, because nothing measured is no 0. */
export function statistic(values: readonly number[]): Statistic | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n: values.length, mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null };
}
