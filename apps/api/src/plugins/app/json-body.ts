import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../../problem.ts';

/** Deeper than any request of ours; code that walks a body may call itself this often. */
const deepest = 32;

/** Takes JSON alone, of bounded depth. No body at all is fine with any route: clients name a type out of habit. */
export const jsonBody = fp(async (app: FastifyInstance) => {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') return done(null, undefined);
    if (isTooDeep(text)) {
      return done(new Problem(400, 'Bad Request', `the body is nested more than ${deepest} levels deep`));
    }
    parse(request, text, done);
  });
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
