import { served } from '../navigation/base-path.ts';
import type { paths } from './generated/api-schema.d.ts';
import { readProblem } from './problem-error.ts';

type Method = 'get' | 'post' | 'patch' | 'delete';
type Operation<P extends keyof paths, M extends Method> = paths[P][M];
type PathOf<M extends Method> = {
  [P in keyof paths]: Operation<P, M> extends { responses: unknown } ? P : never;
}[keyof paths];
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined;
type Answer<O> = O extends { responses: infer R } ? Json<R[keyof R & (200 | 201 | 204)]> : never;
type PathParams<O> = O extends { parameters: { path: infer V extends object } } ? { readonly path: V } : object;
type Query<O> = O extends { parameters: { query?: infer V } } ? { readonly query?: V } : object;
type Body<O> = O extends { requestBody: { content: { 'application/json': infer V } } } ? { readonly body: V } : object;

/** What an operation of openapi.json takes. */
export type Input<P extends keyof paths, M extends Method> = PathParams<Operation<P, M>> &
  Query<Operation<P, M>> &
  Body<Operation<P, M>> & { readonly signal?: AbortSignal };

/** Reads. @throws ProblemError for what the API refuses, TypeError where it does not answer */
export function get<P extends PathOf<'get'>>(path: P, input: Input<P, 'get'>): Promise<Answer<Operation<P, 'get'>>> {
  return send('GET', path, input) as Promise<Answer<Operation<P, 'get'>>>;
}

/** Changes. @throws as get */
export function post<P extends PathOf<'post'>>(
  path: P,
  input: Input<P, 'post'>,
): Promise<Answer<Operation<P, 'post'>>> {
  return send('POST', path, input) as Promise<Answer<Operation<P, 'post'>>>;
}

/** Changes parts of what is there. @throws as get */
export function patch<P extends PathOf<'patch'>>(
  path: P,
  input: Input<P, 'patch'>,
): Promise<Answer<Operation<P, 'patch'>>> {
  return send('PATCH', path, input) as Promise<Answer<Operation<P, 'patch'>>>;
}

/** Deletes. @throws as get */
export async function remove<P extends PathOf<'delete'>>(path: P, input: Input<P, 'delete'>): Promise<void> {
  await send('DELETE', path, input);
}

type AnyInput = {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?:
    | Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>
    | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
};

async function send(method: string, path: string, input: AnyInput): Promise<unknown> {
  const response = await fetch(served(addressOf(path, input)), {
    method,
    signal: input.signal ?? null,
    ...(input.body === undefined
      ? {}
      : { body: JSON.stringify(input.body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw await readProblem(response);
  return response.status === 204 ? undefined : response.json();
}

/** The address of a route with its parameters filled in; what is undefined or empty is left out. */
export function addressOf(path: string, { path: params = {}, query = {} }: AnyInput): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue;
    search.set(name, Array.isArray(value) ? value.join(',') : `${value as string | number | boolean}`);
  }
  return search.size > 0 ? `${filled}?${search}` : filled;
}
