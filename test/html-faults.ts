const voids = new Set(['meta', 'img', 'br', 'hr', 'link', 'input']);

/** What is wrong with the structure of an HTML page: tags that do not close, attributes twice or without quotes, stray < or &. */
export function htmlFaults(page: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  if (!/^<!doctype html>\s*<html lang="[a-z]+">/.test(page)) faults.push('no doctype, or html without lang');
  const body = page.replace(/^<!doctype html>/, '').replace(/<style>[^<]*<\/style>/g, '');
  for (const [whole, text, closing, name = '', attributes = '', self] of body.matchAll(
    /([^<]+)|<(\/?)([a-z][a-z0-9]*)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*(\/?)>|</gi,
  )) {
    if (text !== undefined) {
      const stray = /&(?!(?:amp|lt|gt|quot|#39);)|>/.exec(text);
      if (stray) faults.push(`stray ${stray[0]} in ${text.slice(0, 60)}`);
    } else if (name === '') faults.push(`stray ${whole}`);
    else if (closing) {
      const expected = open.pop();
      if (expected !== name) faults.push(`</${name}> closes <${expected}>`);
    } else {
      const names = [...attributes.matchAll(/([\w-]+)=/g)].map(([, attribute]) => attribute);
      if (new Set(names).size < names.length) faults.push(`an attribute twice in ${whole.slice(0, 80)}`);
      if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(attributes)) faults.push(`stray & in ${whole.slice(0, 80)}`);
      if (self !== '/' && !voids.has(name)) open.push(name);
    }
  }
  return [...faults, ...open.map((name) => `<${name}> is not closed`)];
}

/** What of a page would be fetched, or run: nothing in a file that stands alone. */
export function foreignParts(page: string): string[] {
  const references = [
    ...page.matchAll(/(?:\b(?:src|href|srcset|action|poster|data)\s*=\s*"|url\(\s*["']?|@import\s*["']?)([^"')]*)/gi),
  ];
  const foreign = references
    .map(([, target = '']) => target)
    .filter((target) => !target.startsWith('data:image/webp;base64,'));
  const running = page.match(/<(?:script|iframe|object|embed|link|base|form)\b|<[^>]*\son\w+\s*=/gi) ?? [];
  return [...foreign, ...running];
}
