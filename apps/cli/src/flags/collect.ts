/** For a flag that may be repeated: all of its values, in order. */
export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}
