type Json = { [key: string]: unknown };
type Operation = { parameters?: Json[]; requestBody?: unknown; responses?: Record<string, Json> };

/** What goes wrong before or beside a route, on any of them. */
const anywhere = {
  400: 'The request is not valid; `errors` names what is wrong',
  401: 'A key is needed, or this one opens nothing (any more)',
  403: 'The key is not for this, or the request comes from a page of another site',
  408: 'The request did not arrive in time',
  421: 'The request is for a name that this server does not have',
  429: 'Too many requests: Retry-After says when to ask again',
  431: 'Address and headers are too long',
  500: 'An error of the server; `request_id` finds it in its log',
  503: 'The database is busy or away: Retry-After says when to ask again',
} as const;
const withPath = { 404: 'There is no such thing' } as const;
const withBody = { 413: 'The body is larger than a megabyte', 415: 'The body is not application/json' } as const;

/** What routes answer beside JSON, by address and method; a schema says what a body is like, not what bytes mean. */
const otherAnswers: Readonly<Record<string, readonly string[]>> = {
  'get /experiments/{id}/metrics': ['text/csv', 'application/x-ndjson'],
  'get /experiments/table': ['text/csv'],
  'get /sweeps/{id}/table': ['text/csv', 'text/markdown', 'application/x-latex'],
  'get /reports/paper': ['text/csv', 'text/markdown'],
  'get /checkpoints/{id}/download': ['application/octet-stream'],
  'get /experiments/{id}/evaluations/{step}/embeddings.npy': ['application/octet-stream'],
  'get /thumbnails/{sha256}': ['image/webp'],
  'get /experiments/{id}/events': ['text/event-stream'],
  'get /events': ['text/event-stream'],
  'get /metrics': ['text/plain'],
};
const download = 'application/octet-stream';

/**
 * Makes what the routes' schemas give a document of OpenAPI 3.1: tuples as JSON Schema 2020-12 has them, each error that may come with
 * its media type, and what is no JSON.
 */
export function completeOpenapi(document: Json): Json {
  const complete = withTuples(document) as Json;
  for (const [path, methods] of Object.entries((complete.paths ?? {}) as Record<string, Record<string, Operation>>)) {
    for (const [method, operation] of Object.entries(methods)) completeOperation(`${method} ${path}`, operation);
  }
  return complete;
}

function completeOperation(name: string, operation: Operation): void {
  const responses = operation.responses ?? {};
  for (const [status, response] of Object.entries(responses)) {
    const content = response.content as Record<string, unknown> | undefined;
    if (Number(status) >= 400 && isProblem(content)) {
      response.content = { 'application/problem+json': content?.['application/json'] };
    }
  }
  const types = otherAnswers[name];
  if (types !== undefined) {
    const json = ((responses[200]?.content ?? {}) as Json)['application/json'];
    const bytes = Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }]));
    responses[200] = { description: 'OK', content: { ...(json ? { 'application/json': json } : {}), ...bytes } };
    if (types.includes(download)) {
      responses[206] = { description: 'The range that was asked for', content: responses[200].content };
      responses[304] = { description: 'The client has this file' };
      responses[416] = problem('The range lies outside of the file');
    }
  }
  const hasPath = /\{\w+\}/.test(name);
  const errors = { ...anywhere, ...(hasPath ? withPath : {}), ...(operation.requestBody ? withBody : {}) };
  for (const [status, description] of Object.entries(errors)) responses[status] ??= problem(description);
  operation.responses = responses;
}

function problem(description: string): Json {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description, content: { 'application/problem+json': { schema } } };
}

function isProblem(content: Record<string, unknown> | undefined): boolean {
  return JSON.stringify(content?.['application/json'] ?? null).includes('/Problem"');
}

/** `items: [a, b]` is a tuple up to draft 2019-09 only. */
function withTuples(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTuples);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withTuples(inner)]));
  const items = Array.isArray(copy.items) ? copy.items : copy.prefixItems;
  if (!Array.isArray(items)) return copy;
  const { items: _items, prefixItems: _prefix, ...rest } = copy;
  const [first, ...others] = items.map((item) => JSON.stringify(item));
  // Pairs of one kind need no words that older readers do not know.
  if (others.every((other) => other === first)) {
    return { ...rest, items: items[0], minItems: items.length, maxItems: items.length };
  }
  return { ...rest, prefixItems: items, items: false, minItems: items.length, maxItems: items.length };
}
