import type { ConfigIssue } from '@spherelab/config';

/** An error that the client is told in full: RFC 9457 problem details. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly errors: readonly ConfigIssue[];

  constructor(status: number, title: string, detail: string, errors: readonly ConfigIssue[] = []) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.errors = errors;
  }
}

/** 404 */
export function notFound(what: string, id: string): Problem {
  return new Problem(404, 'Not Found', `there is no ${what} ${id}`);
}

/** 409: the state of the thing does not allow what was asked. */
export function conflict(detail: string): Problem {
  return new Problem(409, 'Conflict', detail);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The row of an id from a URL. @throws Problem 404 where there is none, or the id cannot be one */
export async function found<T>(what: string, id: string, read: (id: string) => Promise<T | null>): Promise<T> {
  const row = uuid.test(id) ? await read(id) : null;
  if (row === null) throw notFound(what, id);
  return row;
}
