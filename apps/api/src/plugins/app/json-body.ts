import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../../answers/problem.ts';
import { checkStorable, mayBeUnstorable } from '../../requests/storable-text.ts';
import { turn } from '../../requests/turn.ts';

/** Deeper than any request of ours; code that walks a body may call itself this often. */
const deepest = 32;
/** Characters. Parsing and checking a megabyte of keys takes some 30 ms each; this much, one. */
const largeBody = 1 << 15;

/** Takes JSON alone, of bounded depth. No body at all is fine with any route: clients name a type out of habit. */
export const jsonBody = fp(async (app: FastifyInstance) => {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    async (request: FastifyRequest, text: string) => {
      if (text === '') return undefined;
      const isLarge = text.length > largeBody;
      if (isLarge) await turn();
      if (isTooDeep(text)) throw new Problem(400, 'Bad Request', `the body is nested more than ${deepest} levels deep`);
      const body = await new Promise<unknown>((resolve, reject) => {
        void parse(request, text, (error, value) => (error ? reject(error) : resolve(value)));
      });
      if (mayBeUnstorable(text)) checkStorable(body);
      // What follows takes as long.
      if (isLarge) await turn();
      return body;
    },
  );
});

/** Counts brackets outside of strings, before anything is made of them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (isInString) {
      if (character === '\\') i += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > deepest) return true;
    } else if (character === ']' || character === '}') depth -= 1;
  }
  return false;
}
