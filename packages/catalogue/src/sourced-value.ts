/** A value with where it comes from: `config.py:LINE` and the like of the reference, `readme`, `ours`, or a paper. */
export type SourcedValue<T> = { readonly value: T; readonly source: string };

/** Marks values that neither the paper nor the reference gives. */
export function ours<T>(value: T): SourcedValue<T> {
  return { value, source: 'ours' };
}

/** Marks a value with the file and line of the reference, or another source. */
export function from<T>(source: string, value: T): SourcedValue<T> {
  return { value, source };
}
