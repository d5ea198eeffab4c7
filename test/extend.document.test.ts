import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const document = read('docs/extend.md');

/** Blocks of code with the file that the line before them names; a block without one is of the file before. */
function quotations(): { file: string; code: string }[] {
  let file = '';
  return [...document.matchAll(/^`([^`\n]+)`$|^```ts\n([\s\S]*?)^```$/gm)].flatMap(([, named, code]) => {
    if (named !== undefined) file = named;
    return code === undefined ? [] : [{ file, code }];
  });
}

it('docs/extend.md quotes code as it is', () => {
  expect(quotations().length).toBeGreaterThan(3);
  expect(quotations().filter(({ file, code }) => !read(file).includes(code))).toEqual([]);
});

it('docs/extend.md names files that exist', () => {
  const named = [...document.matchAll(/\b(?:packages|apps|scripts|docs|test)\/[\w./-]*[\w/]/g)].map(([file]) => file);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});
