import type { components } from './generated/api-schema.d.ts';

type Problem = components['schemas']['Problem'];
export type FieldProblem = NonNullable<Problem['errors']>[number];

/** What the API answered instead of what was asked for; `fields` says what is wrong with a request. */
export class ProblemError extends Error {
  readonly status: number;
  readonly fields: readonly FieldProblem[];

  constructor(status: number, message: string, fields: readonly FieldProblem[] = []) {
    super(message);
    this.name = 'ProblemError';
    this.status = status;
    this.fields = fields;
  }
}

/** Reads problem details (RFC 9457); an answer that is none is told by its status. */
export async function readProblem(response: Response): Promise<ProblemError> {
  const body = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const message = body?.detail ?? body?.title ?? `the server answered ${response.status}`;
  return new ProblemError(response.status, message, body?.errors ?? []);
}

/** What to tell a person about an error. */
export function errorText(error: unknown): string {
  if (error instanceof TypeError) return 'The server does not answer. This page tries again by itself.';
  return error instanceof Error ? error.message : String(error);
}
