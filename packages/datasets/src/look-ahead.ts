/**
 * Makes items 0, 1, 2, ... (or from `first` on) a few ahead of their use and hands them out in order. An error comes
 * out at the item that failed.
 */
export function lookAhead<T>(
  make: (index: number) => Promise<T>,
  range: { readonly first: number; readonly end: number; readonly ahead: number },
): () => Promise<T> {
  const started: Promise<T>[] = [];
  let next = range.first;
  const start = (): void => {
    while (started.length < range.ahead && next < range.end) {
      const item = make(next);
      item.catch(() => undefined); // whoever takes it sees the error; one that is never taken must not end the process
      started.push(item);
      next += 1;
    }
  };
  start();
  return () => {
    const item = started.shift();
    start();
    return item ?? Promise.reject(new RangeError(`there is no item after ${range.end - 1}`));
  };
}
