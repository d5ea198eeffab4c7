/**
 * What stands before every address of this server in the browser, as /user/x/proxy/3000, where a proxy serves it under a path; the API
 * writes it into index.html. Empty: nothing.
 */
const basePath = document.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '';

/** An address of this server, of the page or of the API, as the browser has to ask for it. */
export function served(address: string): string {
  return `${basePath}${address}`;
}

/** Where the page is, without what stands before. */
export function currentPath(): string {
  const { pathname } = location;
  return pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : pathname === basePath ? '/' : pathname;
}
