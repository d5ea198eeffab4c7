import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { type AppUnderTest, appForEachTest } from './app-under-test.ts';

type Content = Readonly<Record<string, { readonly schema: object }>>;
type Operation = { readonly responses: Readonly<Record<string, { readonly content?: Content }>> };
type Document = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

const committed = JSON.parse(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8')) as Document;

describe('openapi.json', () => {
  let api: AppUnderTest;
  appForEachTest((fresh) => {
    api = fresh;
  });
  let ajv: Ajv2020;
  beforeAll(() => {
    ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'https://spherelab.test/openapi.json', ...committed });
  });
  const operations = Object.entries(committed.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  );

  test('is what the server serves', async () => {
    expect((await api.app.inject({ url: '/openapi.json' })).json()).toEqual(committed);
  });

  test.each(Object.keys(committed.components.schemas))('%s is a valid schema of JSON Schema 2020-12', (name) => {
    const schema = committed.components.schemas[name] as object;
    expect([ajv.validateSchema(schema), ajv.errors]).toEqual([true, null]);
    ajv.compile({ $ref: `https://spherelab.test/openapi.json#/components/schemas/${name}` });
  });

  test('declares each error as the media type that it is sent as', () => {
    expect(operations.length).toBeGreaterThan(30);
    for (const { name, operation } of operations) {
      for (const status of ['400', '401', '403', '421', '429', '500', '503'])
        expect([name, status, Object.keys(operation.responses)]).toEqual([
          name,
          status,
          expect.arrayContaining([status]),
        ]);
      for (const [status, { content }] of Object.entries(operation.responses)) {
        const isError = Number(status) >= 400 && !(name === 'get /readyz' && status === '503');
        if (isError)
          expect([name, status, Object.keys(content ?? {})]).toEqual([name, status, ['application/problem+json']]);
      }
    }
  });

  test('declares what is no JSON, and the parts of a download', () => {
    const typesOf = (path: string) => Object.keys(committed.paths[path]?.get?.responses['200']?.content ?? {});
    expect(typesOf('/experiments/{id}/metrics')).toEqual(['application/json', 'text/csv', 'application/x-ndjson']);
    expect(typesOf('/sweeps/{id}/table')).toContain('text/markdown');
    expect(typesOf('/events')).toEqual(['text/event-stream']);
    const responses = committed.paths['/checkpoints/{id}/download']?.get?.responses ?? {};
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '206', '304', '416']));
  });
});
