import type { AccessScope } from '@spherelab/db';

/** Addresses that tell nothing of experiments: probes, the page's own files, what the API is like, and the way in. */
const open = /^\/(healthz|readyz|openapi\.json|session|assets\/.*|docs(\/.*)?|lab(\/.*)?)?$/;
/** Posts that store nothing. */
const looks = ['/experiments/resolve', '/studies/resolve'];

/** What a request needs; null: nothing. @param path without the query */
export function neededScope(method: string, path: string): AccessScope | null {
  if (open.test(path)) return null;
  if (path.startsWith('/admin')) return 'admin';
  return ['GET', 'HEAD', 'OPTIONS'].includes(method) || looks.includes(path) ? 'read' : 'write';
}
