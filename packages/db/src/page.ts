/** A page of a list; `next_cursor` is null on the last one. */
export type Page<T> = { readonly items: readonly T[]; readonly next_cursor: string | null };

/** Where a page ends: the sort key's text and the id that breaks ties. */
export type Position = { readonly key: string; readonly id: string };

/** A cursor that no list of ours gave out. */
export class CursorError extends Error {
  readonly code = 'bad_cursor';
  readonly retryable = false;

  constructor() {
    super('is not a cursor of this list');
    this.name = 'CursorError';
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Cuts the row that was read in excess and remembers where to go on. */
export function pageOf<T>(rows: readonly T[], limit: number, positionOf: (row: T) => Position): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { items, next_cursor: null };
  return { items, next_cursor: Buffer.from(JSON.stringify(positionOf(last))).toString('base64url') };
}

/** Postgres cannot take it as text. */
const unstorable = /[\0\p{Surrogate}]/u;

/** @throws CursorError */
export function readCursor(cursor: string): Position {
  try {
    const position = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Partial<Position>;
    const isText = typeof position.key === 'string' && !unstorable.test(position.key);
    if (isText && typeof position.id === 'string' && uuid.test(position.id)) {
      return { key: position.key as string, id: position.id };
    }
  } catch {
    // falls through: the same answer for whatever is wrong with it
  }
  throw new CursorError();
}

/** @throws CursorError for what is no time of ours: JavaScript knows years that Postgres does not */
export function timeOfCursor(key: string | undefined): Date | null {
  if (key === undefined) return null;
  const time = new Date(key);
  if (!/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/.test(key) || Number.isNaN(time.getTime())) throw new CursorError();
  return time;
}
